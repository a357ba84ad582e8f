import { EXIT_CODES } from "../exit_codes.ts";
import { createBufferedWriter } from "../terminal/buffered_writer.ts";
import { stdoutFailure } from "./stdout_failure.ts";

/** Prints a text on stdout and returns the exit code. */
export async function print(text: string): Promise<number> {
  const writer = createBufferedWriter(Deno.stdout);
  writer.write(text);
  await writer.flush();
  if (writer.failure === undefined) return EXIT_CODES.success;
  const { kind, message } = stdoutFailure(writer.failure);
  if (kind !== "pipe") console.error(`ccrun: error: ${message}`);
  return EXIT_CODES[kind];
}
