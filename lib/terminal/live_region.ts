import type { Terminal } from "./terminal.ts";
import { displayWidth } from "./width.ts";

const CLEAR_BELOW = "\x1b[J";

/** The last rows of a terminal, which are painted again and again below what stays. */
export class LiveRegion {
  readonly #terminal: Terminal;
  #painted: readonly string[] = [];

  /** Creates a region with no rows. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /**
   * Returns the output that prints a text above the region and repaints the region. A single write of it
   * does not flicker.
   *
   * @param text the text, which ends with a newline unless it is empty
   * @param rows the new rows, which are styled and fit the width
   */
  update(text: string, rows: readonly string[]): string {
    const output = this.#erase() + text + rows.join("\n");
    this.#painted = rows;
    return output;
  }

  /** Returns what erases the painted rows and moves the cursor to where they began. */
  #erase(): string {
    if (this.#painted.length === 0) return "";
    // A terminal that became narrower has broken the rows.
    const columns = this.#terminal.columns() ?? Infinity;
    let height = 0;
    for (const row of this.#painted) height += Math.max(1, Math.ceil(displayWidth(row) / columns));
    return (height > 1 ? `\r\x1b[${height - 1}A` : "\r") + CLEAR_BELOW;
  }
}
