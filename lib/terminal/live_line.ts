import type { Terminal } from "./terminal.ts";

/**
 * The last line of a terminal, painted again and again below what stays. It writes
 * nothing itself: it gives the text that paints and erases, so that erasing, printing
 * and painting leave in one piece.
 */
export interface LiveLine {
  /** Whether it is on the screen. */
  readonly painted: boolean;
  /**
   * Gives what paints it.
   *
   * @param text the line, styled
   * @param width its width
   * @param column how far the line above is begun: that one is gone back to on erasing; 0 when none is
   */
  paint(text: string, width: number, column: number): string;
  /** Gives what erases it and puts the cursor back; empty when it is not painted. */
  erase(): string;
}

const CLEAR_BEHIND = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

const up = (rows: number) => `\x1b[${rows}A`;
const right = (columns: number) => `\x1b[${columns}C`;

/** Makes a {@linkcode LiveLine}. */
export function createLiveLine(terminal: Terminal): LiveLine {
  let painted: { width: number; column: number } | undefined;

  /** Goes to the beginning of the painted line. */
  function back(width: number): string {
    // A terminal that became narrower has broken the line into several.
    const columns = terminal.columns() ?? Infinity;
    const rows = Math.ceil(Math.max(1, width) / columns);
    return rows > 1 ? `\r${up(rows - 1)}${CLEAR_BELOW}` : "\r";
  }

  return {
    get painted() {
      return painted !== undefined;
    },
    paint(text, width, column) {
      const before = painted;
      painted = { width, column };
      if (before === undefined) return (column > 0 ? "\n" : "") + text;
      return back(before.width) + text + CLEAR_BEHIND;
    },
    erase() {
      if (painted === undefined) return "";
      const { width, column } = painted;
      painted = undefined;
      const cleared = back(width) + CLEAR_BEHIND;
      if (column === 0) return cleared;
      const at = column % (terminal.columns() ?? Infinity);
      return cleared + up(1) + (at > 0 ? right(at) : "");
    },
  };
}
