import { describeReadError } from "../../util/file_errors.ts";
import { printMessage } from "../print.ts";

/** Remembers which files could not be read, to report them together. */
export class SkippedFiles {
  #first: string | undefined;
  #count = 0;

  /** Adds a file, and why it could not be read. */
  readonly add = (path: string, error: unknown): void => {
    this.#first ??= `${path}: ${describeReadError(error)}`;
    this.#count++;
  };

  /** Prints a warning if files were skipped. */
  report(): void {
    if (this.#first === undefined) return;
    const more = this.#count === 1 ? "" : ` (and ${this.#count - 1} more)`;
    printMessage(`warning: cannot read ${this.#first}${more}`);
  }
}
