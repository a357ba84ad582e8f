import type { Failure } from "../errors.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { createBufferedWriter } from "../terminal/buffered_writer.ts";
import { escapeWithinLine } from "../terminal/escape_commands.ts";
import { MAX_ADVICE_LENGTH, sanitizeLine } from "../terminal/sanitize.ts";
import { describeWriteError } from "../util/file_errors.ts";

/** How many characters wait for the reader of stdout, at most. */
const MAX_PENDING = 64 * 1024;

/** Prints a text on stdout and returns the exit code. */
export async function print(text: string): Promise<number> {
  return await printAll([text]);
}

/** Prints texts on stdout as they come, until its reader is gone, and returns the exit code. */
export async function printAll(texts: Iterable<string> | AsyncIterable<string>): Promise<number> {
  const writer = createBufferedWriter(Deno.stdout);
  for await (const text of texts) {
    writer.write(text);
    await writer.flush(MAX_PENDING);
    if (writer.failure !== undefined) break;
  }
  await writer.flush();
  return writer.failure === undefined
    ? EXIT_CODES.success
    : printFailure(stdoutFailure(writer.failure));
}

/** Prints a message on stderr. */
export function printMessage(text: string): void {
  console.error(messageLine(text));
}

/** Returns a message as the line that stderr shows. */
export function messageLine(text: string): string {
  return `ccrun: ${escapeWithinLine(sanitizeLine(text, MAX_ADVICE_LENGTH))}`;
}

/** Prints a failure, unless the reader of stdout is gone, and returns the exit code. */
export function printFailure({ kind, message }: Failure): number {
  if (kind !== "pipe") printMessage(`error: ${message}`);
  return EXIT_CODES[kind];
}

/** Returns the failure of a command whose stdout cannot be written. */
export function stdoutFailure(error: Error): Failure {
  if (error instanceof Deno.errors.BrokenPipe) {
    return { kind: "pipe", message: "the reader of stdout went away" };
  }
  return { kind: "failed", message: `cannot write to stdout: ${describeWriteError(error)}` };
}
