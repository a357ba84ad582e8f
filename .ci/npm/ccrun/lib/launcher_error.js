// @ts-check
import process from "node:process";

/** A failure of the launcher itself. */
export class LauncherError extends Error {
  /**
   * @param {number} code the exit code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Prints an error in one line and sets the exit code. @param {unknown} error */
export function report(error) {
  if (!(error instanceof LauncherError)) throw error;
  console.error(`ccrun: error: ${error.message}`);
  process.exitCode = error.code;
}
