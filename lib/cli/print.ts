import { EXIT_CODES } from "../exit_codes.ts";
import { createBufferedWriter } from "../terminal/buffered_writer.ts";
import { stdoutFailure } from "./stdout_failure.ts";

/** Prints a text on stdout and gives the exit code. */
export async function print(text: string): Promise<number> {
  const sink = createBufferedWriter(Deno.stdout);
  sink.write(text);
  await sink.flush();
  if (sink.failure === undefined) return EXIT_CODES.success;
  const { kind, message } = stdoutFailure(sink.failure);
  if (kind !== "pipe") console.error(`ccrun: error: ${message}`);
  return EXIT_CODES[kind];
}
