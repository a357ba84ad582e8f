import { concat } from "@std/bytes/concat";
import { format as formatBytes } from "@std/fmt/bytes";
import { CcrunError } from "../errors.ts";
import { MAX_INPUT_BYTES } from "../util/bounded_file.ts";
import { describeReadError } from "../util/file_errors.ts";
import { resolvesWithin } from "../util/resolves_within.ts";
import type { CommandLine } from "./command_line.ts";
import type { HostInfo } from "./host.ts";
import { usageError } from "./usage_error.ts";

/** Options for {@linkcode readStdin}. */
export interface StdinOptions {
  readonly commandLine: CommandLine;
  readonly host: HostInfo;
  readonly stdin: ReadableStream<Uint8Array>;
  /** Receives messages about stdin for stderr. */
  readonly notify: (message: string) => void;
  /** How long stdin can be open without data. @default {3000} */
  readonly silenceMs?: number;
}

/** How long stdin can be open without data. A program that writes to a pipe has started by then. */
const STDIN_SILENCE_LIMIT_MS = 3000;

/**
 * Reads stdin, unless it is a terminal or not wanted. A terminal is read only for `-`.
 *
 * @returns undefined if stdin was not read
 * @throws {CcrunError} `usage` if stdin cannot be read, or has no data although it must
 */
export async function readStdin(options: StdinOptions): Promise<Uint8Array | undefined> {
  const { commandLine, host } = options;
  const isRequested = isStdinRequested(commandLine);
  const isRequired = commandLine.options.has("require-stdin");
  if (commandLine.options.has("no-stdin")) {
    if (!isRequested && !isRequired) return undefined;
    const other = isRequested ? "-" : "--require-stdin";
    throw usageError(`${other} cannot be combined with --no-stdin`, "use one of them");
  }
  if (host.isTerminal.stdin && !isRequested) {
    if (isRequired) throw requiredStdin("stdin is a terminal");
    return undefined;
  }
  const bytes = await readToEnd(options, isRequested);
  if (isRequired && isBlank(bytes)) throw requiredStdin("stdin is empty");
  return bytes;
}

/**
 * Reports that stdin becomes context of a prompt, or that it is empty, because a loop or a script may
 * need its stdin for something else. An empty device such as /dev/null is not reported.
 */
export function reportContext(
  bytes: Uint8Array,
  { commandLine, host, notify }: StdinOptions,
): void {
  if (isBlank(bytes)) {
    if (!host.streams?.stdinIsDevice) {
      notify("warning: stdin is empty; the prompt is sent without context");
    }
  } else if (!isStdinRequested(commandLine)) {
    const size = formatBytes(bytes.length);
    notify(`${size} read from stdin as context; use - to expect it, or --no-stdin to skip it`);
  }
}

function isStdinRequested({ positionals }: CommandLine): boolean {
  return positionals.includes("-");
}

function isBlank(bytes: Uint8Array | undefined): boolean {
  return new TextDecoder().decode(bytes).trim() === "";
}

/** Reads stdin to its end. If stdin was not requested, its data must start soon. */
async function readToEnd(
  { commandLine, stdin, notify, silenceMs = STDIN_SILENCE_LIMIT_MS }: StdinOptions,
  isRequested: boolean,
): Promise<Uint8Array | undefined> {
  const reader = stdin.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    let read = reader.read();
    if (!await resolvesWithin(read, silenceMs)) {
      if (!isRequested) throw silentStdin(commandLine);
      notify("waiting for stdin to end");
    }
    while (true) {
      const { done, value } = await read;
      if (done) return concat(chunks);
      chunks.push(value);
      length += value.length;
      if (length > MAX_INPUT_BYTES) throw tooLargeStdin();
      read = reader.read();
    }
  } catch (error) {
    if (error instanceof CcrunError) throw error;
    if (!isRequested && isNotReadable(error)) return undefined;
    throw usageError(
      `cannot read stdin: ${describeReadError(error)}`,
      "pipe the text to it, or use </dev/null to skip it",
    );
  } finally {
    reader.releaseLock();
  }
}

/** Returns whether stdin is not open for reading. `nohup` leaves it like this at a terminal. */
function isNotReadable(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EBADF";
}

function tooLargeStdin(): CcrunError {
  return usageError(
    `stdin is larger than ${formatBytes(MAX_INPUT_BYTES)}`,
    "put the text into a file, and name the file in the prompt",
  );
}

function silentStdin({ options }: CommandLine): CcrunError {
  return usageError(
    `no data on stdin for ${STDIN_SILENCE_LIMIT_MS / 1000}s`,
    options.has("require-stdin")
      ? "use - to wait for stdin"
      : "use - to wait for stdin, or --no-stdin or </dev/null to skip it",
  );
}

function requiredStdin(reason: string): CcrunError {
  return usageError(`${reason}, but --require-stdin is given`, "pipe the context to stdin");
}
