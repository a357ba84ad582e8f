import { resolve } from "@std/path";
import { CcrunError } from "../errors.ts";
import { describeReadError } from "../util/file_errors.ts";
import type { OptionValue } from "./args.ts";
import { usageError } from "./args.ts";

/** Options of {@linkcode readPrompt}. */
export interface PromptOptions {
  /** What is no option: the prompt, and `-` for stdin. */
  positionals: readonly string[];
  /** The options that are given. */
  options: ReadonlyMap<string, OptionValue>;
  /** Whether something follows `--`. @default {false} */
  hasRest?: boolean;
  /** The directory that relative paths start from. */
  cwd: string;
  /** stdin. */
  stdin: ReadableStream<Uint8Array>;
  /** Whether stdin is a terminal, which is only read when `-` asks for it. */
  stdinIsTerminal: boolean;
  /** Is told what takes long or is worth knowing. */
  tell: (message: string) => void;
  /** How long a silent stdin is waited for, in milliseconds. @default {3000} */
  silenceMs?: number;
}

/** The prompt that claude gets, and where it came from. */
export interface Prompt {
  /** All of it. */
  text: string;
  /** How many bytes of it came from stdin. */
  stdinBytes: number;
}

/** How long an open stdin may be silent: who pipes something in has begun by then. */
const SILENCE_MS = 3000;

/** The prompt that is given in words or by a file; undefined where none is. */
async function givenPrompt(from: PromptOptions): Promise<string | undefined> {
  const words = from.positionals.filter((word) => word !== "-");
  const text = from.options.get("prompt");
  const file = from.options.get("prompt-file");
  const sources = [
    ...(words.length > 0 ? ["the arguments"] : []),
    ...(text !== undefined ? [text.source] : []),
    ...(file !== undefined ? [file.source] : []),
  ];
  if (sources.length > 1) {
    throw usageError(`the prompt is given twice: by ${sources.join(" and by ")}`, "give it once");
  }
  if (words.length > 0) return words.join(" ");
  if (file === undefined) return text?.values[0];
  const path = file.values[0] ?? "";
  try {
    return new TextDecoder("utf-8", { ignoreBOM: false }).decode(
      await Deno.readFile(resolve(from.cwd, path)),
    );
  } catch (error) {
    throw usageError(
      `cannot read --prompt-file ${path}: ${describeReadError(error)}`,
      "name another file, or pipe the prompt to stdin",
    );
  }
}

/** Why stdin cannot be read: it is a directory, or not open for reading. */
export function stdinFailure(error: unknown): CcrunError {
  return usageError(
    `cannot read stdin: ${describeReadError(error)}`,
    "pipe the text to it, or use </dev/null to leave it out",
  );
}

/** Whether stdin is not open for reading: so it is under `nohup` at a terminal. */
function isNotReadable(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EBADF";
}

type Read = ReadableStreamReadResult<Uint8Array>;

/** Whether nothing is read, and stdin does not end, for so long that nothing may ever come. */
async function isSilent(
  reading: Promise<Read>,
  { silenceMs }: PromptOptions,
): Promise<boolean> {
  let isThere = false;
  const there = reading.then(() => isThere = true);
  // Who reads it is told why it cannot be read.
  there.catch(() => isThere = true);
  // The first timer of a program takes 6 ms to make. What a shell gives to read is there at once, or
  // as soon as a file has been looked at.
  await Deno.lstat("/").catch(() => {});
  if (isThere) return false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), silenceMs ?? SILENCE_MS);
  });
  try {
    return !await Promise.race([there, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads stdin to its end. Unless it is asked for, it has to begin soon. */
async function readStdin(
  from: PromptOptions,
  isAskedFor: boolean,
  hasPrompt: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = from.stdin.getReader();
  const chunks: Uint8Array[] = [];
  try {
    let reading: Promise<Read> = reader.read();
    if (await isSilent(reading, from)) {
      if (!isAskedFor) {
        throw usageError(
          "stdin is open, but nothing comes from it",
          hasPrompt
            ? "use - to wait for it, or --no-stdin or </dev/null to leave it out"
            : "use - to wait for it, or give a prompt: ccrun --no-stdin 'what to do'",
        );
      }
      from.tell("waiting for stdin to end");
    }
    while (true) {
      const { done, value } = await reading;
      if (done) break;
      chunks.push(value);
      reading = reader.read();
    }
  } catch (error) {
    if (!isAskedFor && isNotReadable(error)) return new Uint8Array();
    throw error instanceof CcrunError ? error : stdinFailure(error);
  } finally {
    reader.releaseLock();
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

/**
 * Puts the prompt together: the arguments, `-p` or `--prompt-file`, and below it,
 * as context, what is piped in; or stdin alone.
 *
 * @throws {CcrunError} `usage` when there is no prompt, two of them, an unreadable
 * file, or a silent stdin that nobody asked for
 */
export async function readPrompt(from: PromptOptions): Promise<Prompt> {
  const given = await givenPrompt(from);
  const isAskedFor = from.positionals.includes("-");
  const isLeftOut = from.options.has("no-stdin");
  if (isAskedFor && isLeftOut) {
    throw usageError("- and --no-stdin contradict each other", "give one of them");
  }
  const reads = isAskedFor || (!isLeftOut && !from.stdinIsTerminal);
  const bytes = reads ? await readStdin(from, isAskedFor, given !== undefined) : new Uint8Array();
  const piped = new TextDecoder("utf-8", { ignoreBOM: false }).decode(bytes);
  const parts = [given ?? "", piped].filter((part) => part.trim() !== "");
  if (parts.length === 0) {
    const place = from.options.get("prompt-file")?.values[0] ?? from.options.get("prompt")?.source;
    const empty = `the prompt is empty: there is nothing in ${place ?? "the arguments"}`;
    const none = `there is no prompt${reads ? ", and stdin is empty" : ""}`;
    throw usageError(
      given === undefined ? none : empty,
      from.hasRest
        ? "give one before the --, by -p or on stdin: what follows -- goes to claude"
        : "give one: ccrun 'what to do', or ccrun -p TEXT, or on stdin: ccrun <FILE",
    );
  }
  return { text: parts.join("\n\n"), stdinBytes: bytes.length };
}
