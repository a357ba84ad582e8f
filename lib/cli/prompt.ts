import { deadline } from "@std/async/deadline";
import { concat } from "@std/bytes/concat";
import { resolve } from "@std/path/resolve";
import { CcrunError } from "../errors.ts";
import { describeReadError } from "../util/file_errors.ts";
import type { CommandLine } from "./command_line.ts";
import type { HostInfo } from "./host.ts";
import { usageError } from "./usage_error.ts";

/** Options for {@linkcode readPrompt}. */
export interface PromptOptions {
  readonly commandLine: CommandLine;
  readonly host: HostInfo;
  readonly stdin: ReadableStream<Uint8Array>;
  /** Called with a message when stdin is slow. */
  readonly onWait: (message: string) => void;
  /** How long stdin can be open without data. @default {3000} */
  readonly silenceMs?: number;
}

/** The prompt for claude. */
export interface Prompt {
  readonly text: string;
  /** How many bytes of it come from stdin. */
  readonly stdinBytes: number;
}

/** How long stdin can be open without data. A program that writes to a pipe has started by then. */
const SILENCE_MS = 3000;

/**
 * Reads the prompt from the arguments, `-p`, `--prompt-file`, or stdin. If there are both a prompt
 * and stdin, stdin is appended as context. A terminal is read only for `-`.
 *
 * @throws {CcrunError} `usage` if there is no prompt or more than one, if a file cannot be read, or
 * if stdin has no data
 */
export async function readPrompt(options: PromptOptions): Promise<Prompt> {
  const { commandLine, host } = options;
  const prompt = await readExplicitPrompt(commandLine, host.cwd);
  const isStdinRequested = commandLine.positionals.includes("-");
  const isStdinExcluded = commandLine.options.has("no-stdin");
  if (isStdinRequested && isStdinExcluded) {
    throw usageError("- cannot be combined with --no-stdin", "use one of them");
  }
  const readsStdin = isStdinRequested || (!isStdinExcluded && !host.isTerminal.stdin);
  const bytes = readsStdin ? await readStdin(options, isStdinRequested) : new Uint8Array();
  const parts = [prompt?.text ?? "", new TextDecoder().decode(bytes)].filter((part) =>
    part.trim() !== ""
  );
  if (parts.length > 0) return { text: parts.join("\n\n"), stdinBytes: bytes.length };
  if (prompt !== undefined) {
    throw noPrompt(commandLine, `the prompt from ${prompt.source} is empty`);
  }
  throw noPrompt(commandLine, readsStdin ? "no prompt, and stdin is empty" : "no prompt");
}

/** Returns the prompt of the arguments, `-p`, or `--prompt-file`, and where it comes from. */
async function readExplicitPrompt(
  { positionals, options }: CommandLine,
  cwd: string,
): Promise<{ text: string; source: string } | undefined> {
  const words = positionals.filter((word) => word !== "-");
  const text = options.get("prompt");
  const file = options.get("prompt-file");
  const sources = [text?.source, file?.source].filter((source) => source !== undefined);
  if (words.length > 0) sources.unshift("the arguments");
  if (sources.length > 1) {
    throw usageError(`several prompts: ${sources.join(" and ")}`, "use one of them");
  }
  if (words.length > 0) return { text: words.join(" "), source: "the arguments" };
  if (text !== undefined) return { text: text.values[0] ?? "", source: text.source };
  if (file === undefined) return undefined;
  const [path = ""] = file.values;
  return { text: await readPromptFile(path, cwd), source: path };
}

async function readPromptFile(path: string, cwd: string): Promise<string> {
  try {
    return new TextDecoder().decode(await Deno.readFile(resolve(cwd, path)));
  } catch (error) {
    throw usageError(
      `cannot read --prompt-file ${path}: ${describeReadError(error)}`,
      "name another file, or pipe the prompt to stdin",
    );
  }
}

/** Reads stdin to its end. If stdin was not requested, its data must start soon. */
async function readStdin(options: PromptOptions, isStdinRequested: boolean): Promise<Uint8Array> {
  const reader = options.stdin.getReader();
  const chunks: Uint8Array[] = [];
  try {
    let read = reader.read();
    if (!await settlesWithin(read, options.silenceMs ?? SILENCE_MS)) {
      if (!isStdinRequested) throw silentStdin();
      options.onWait("waiting for stdin to end");
    }
    while (true) {
      const { done, value } = await read;
      if (done) return concat(chunks);
      chunks.push(value);
      read = reader.read();
    }
  } catch (error) {
    if (error instanceof CcrunError) throw error;
    if (!isStdinRequested && isNotReadable(error)) return new Uint8Array();
    throw usageError(
      `cannot read stdin: ${describeReadError(error)}`,
      "pipe the text to it, or use </dev/null to skip it",
    );
  } finally {
    reader.releaseLock();
  }
}

async function settlesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  try {
    await deadline(work, ms);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") return false;
    throw error;
  }
}

/** Returns whether stdin is not open for reading. `nohup` leaves it like this at a terminal. */
function isNotReadable(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EBADF";
}

function silentStdin(): CcrunError {
  return usageError(
    `no data on stdin for ${SILENCE_MS / 1000}s`,
    "use - to wait for stdin, or --no-stdin or </dev/null to skip it",
  );
}

function noPrompt({ passthrough }: CommandLine, message: string): CcrunError {
  return usageError(
    message,
    passthrough.length > 0
      ? "put the prompt before the --, because the arguments after it go to claude"
      : "use: ccrun 'what to do', ccrun -p TEXT, or ccrun <FILE",
  );
}
