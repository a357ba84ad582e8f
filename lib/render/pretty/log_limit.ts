/**
 * The maximum size of the progress in a CI log. GitLab cuts the log of a job at 4 MiB, and the end,
 * which other programs and the answer share, is what matters most.
 */
const MAX_LOG_BYTES = 3 * 1024 * 1024;

/** GitLab may put a time stamp before each line. */
const TIME_STAMP_BYTES = 32;

/** Limits the size of a CI log. */
export class LogLimit {
  readonly #fullNotice: string;
  #availableBytes = MAX_LOG_BYTES;

  /** Creates a limit for an empty log. `fullNotice` replaces the first text that exceeds it. */
  constructor(fullNotice: string) {
    this.#fullNotice = fullNotice;
  }

  /** Returns the text to write: the text itself, the notice, or nothing after that. */
  apply(text: string): string {
    if (this.#availableBytes <= 0) return "";
    const lines = text.split("\n").length - 1;
    this.#availableBytes -= new TextEncoder().encode(text).length + TIME_STAMP_BYTES * lines;
    return this.#availableBytes > 0 ? text : this.#fullNotice;
  }
}
