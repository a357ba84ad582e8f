import { CcrunError } from "../errors.ts";

/** Creates the error for an invalid command line. */
export function usageError(message: string, hint = "see: ccrun --help"): CcrunError {
  return new CcrunError("usage", message, hint);
}
