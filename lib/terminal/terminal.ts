import { createStyles, type Styles } from "./styles.ts";

/** What the terminal behind stderr can do. It is determined once and passed down. */
export interface Terminal {
  readonly canRepaint: boolean;
  /** Returns the current width; undefined if there is no terminal, so that nothing is cut. */
  columns(): number | undefined;
  /** Returns the current height. */
  rows(): number;
  readonly styles: Styles;
}

/** Options for {@linkcode createTerminal}. */
export interface TerminalOptions {
  isTerminal: boolean;
  /** Returns the width, which changes when the window is resized. It may throw or return 0. */
  columns?: () => number | undefined;
  /** Returns the height, as `columns` does the width. */
  rows?: () => number | undefined;
  color: boolean;
  /** The value of `TERM`. */
  term?: string;
  /**
   * Whether a CI system records the output, possibly through a terminal. Then nothing is repainted,
   * and no line is broken.
   *
   * @default {false}
   */
  isLog?: boolean;
}

/** The width of a terminal that does not know its own, such as a serial line. */
const DEFAULT_COLUMNS = 80;

/** The height of a terminal that does not know its own. */
const DEFAULT_ROWS = 24;

/** A narrower terminal is treated as this wide. */
const MIN_COLUMNS = 20;

/** Determines what a terminal can do. */
export function createTerminal(options: TerminalOptions): Terminal {
  const isTerminal = options.isTerminal && !options.isLog;
  return {
    canRepaint: isTerminal && options.term !== "dumb",
    columns() {
      if (!isTerminal) return undefined;
      return Math.max(readSize(options.columns) || DEFAULT_COLUMNS, MIN_COLUMNS);
    },
    rows: () => readSize(options.rows) || DEFAULT_ROWS,
    styles: createStyles(options.color),
  };
}

function readSize(read: (() => number | undefined) | undefined): number | undefined {
  try {
    return read?.();
  } catch {
    // The terminal is gone.
    return undefined;
  }
}
