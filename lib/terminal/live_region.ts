import type { Terminal } from "./terminal.ts";
import { displayWidth } from "./width.ts";

const CLEAR_BELOW = "\x1b[J";

/**
 * The last rows of a terminal, which are painted again and again below what stays. It writes nothing:
 * its methods return the text to write, so that erasing, printing and painting happen in one write.
 */
export class LiveRegion {
  readonly #terminal: Terminal;
  #painted: readonly string[] = [];

  /** Creates a region with no rows. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Returns the output that replaces the painted rows with `rows`, which are styled and fit the width. */
  paint(rows: readonly string[]): string {
    const erased = this.erase();
    this.#painted = rows;
    return erased + rows.join("\n");
  }

  /** Returns what erases the painted rows. The cursor is where they began. */
  erase(): string {
    if (this.#painted.length === 0) return "";
    // A terminal that became narrower has broken the rows.
    const columns = this.#terminal.columns() ?? Infinity;
    let height = 0;
    for (const row of this.#painted) height += Math.max(1, Math.ceil(displayWidth(row) / columns));
    this.#painted = [];
    return (height > 1 ? `\r\x1b[${height - 1}A` : "\r") + CLEAR_BELOW;
  }
}
