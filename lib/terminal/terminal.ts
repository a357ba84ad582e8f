import { createStyles, type Styles } from "./styles.ts";

/**
 * What the person's end of stderr can do. It is decided once, at the edge, and
 * handed down; nothing deeper asks the environment.
 */
export interface Terminal {
  /** Whether lines can be repainted: a terminal that is not dumb. */
  readonly live: boolean;
  /** The width in columns now; undefined when there is no terminal, so that nothing is cut. */
  columns(): number | undefined;
  /** The colours, each the identity when colour is off. */
  readonly styles: Styles;
}

/** What {@linkcode createTerminal} decides by. */
export interface TerminalOptions {
  /** Whether the stream is a terminal. */
  isTerminal: boolean;
  /** Asks for its width, which changes when a window is resized. It may fail or give 0. */
  columns?: () => number | undefined;
  /** Whether to use colours: what `--color`, `NO_COLOR` and `FORCE_COLOR` come to. */
  color: boolean;
  /** The value of `TERM`. */
  term?: string;
  /**
   * Whether it is a CI system that reads it, into a log, although it may be a terminal to us:
   * there is no live line then, no line is broken, and all are inert.
   *
   * @default {false}
   */
  isLog?: boolean;
}

/** The width that is taken where a terminal does not know its own: a serial line, some containers. */
const UNKNOWN_COLUMNS = 80;

/** Nothing sensible can be laid out in less. */
const LEAST_COLUMNS = 20;

/** Decides what a terminal can do. Asks nothing of the environment itself. */
export function createTerminal(options: TerminalOptions): Terminal {
  const isTerminal = options.isTerminal && !options.isLog;
  return {
    live: isTerminal && options.term !== "dumb",
    columns() {
      if (!isTerminal) return undefined;
      return Math.max(askColumns(options.columns) || UNKNOWN_COLUMNS, LEAST_COLUMNS);
    },
    styles: createStyles(options.color),
  };
}

function askColumns(columns: TerminalOptions["columns"]): number | undefined {
  try {
    return columns?.();
  } catch {
    // The terminal is gone, or was none.
    return undefined;
  }
}
