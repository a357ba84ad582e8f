/** Colours a text, or leaves it as it is. The text has no newline in it. */
export type Style = (text: string) => string;

/** The styles that outputs use. Each is the identity when colour is off, so that no caller asks. */
export interface Styles {
  /** Leaves the text as it is, also when colour is on. */
  readonly plain: Style;
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

function plain(text: string): string {
  return text;
}

// Not @std/fmt/colors: its switch is global and ignores setColorEnabled(true) under NO_COLOR, so that
// `--color always` could not be honoured there.
function sgr(on: number, off: number): Style {
  return (text) => text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}

/**
 * Makes the styles.
 *
 * @example
 * ```ts
 * import { createStyles } from "./styles.ts";
 *
 * console.log(createStyles(false).red("gone")); // gone
 * ```
 */
export function createStyles(color: boolean): Styles {
  if (!color) {
    return { plain, bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };
  }
  return {
    plain,
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    cyan: sgr(36, 39),
  };
}
