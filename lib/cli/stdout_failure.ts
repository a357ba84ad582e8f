import type { Failure } from "../errors.ts";
import { describeWriteError } from "../util/file_errors.ts";

/** Returns the failure of a command whose stdout cannot be written. */
export function stdoutFailure(error: Error): Failure {
  if (error instanceof Deno.errors.BrokenPipe) {
    return { kind: "pipe", message: "the reader of stdout went away" };
  }
  return { kind: "failed", message: `cannot write to stdout: ${describeWriteError(error)}` };
}
