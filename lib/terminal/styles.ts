/** Adds a style to a text without newlines. */
export type Style = (text: string) => string;

/** The styles of output. Without color each returns its text unchanged, so no caller has to check. */
export interface Styles {
  /** Returns the text unchanged, even with color. */
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

// @std/fmt/colors has one global switch, and NO_COLOR wins over setColorEnabled(true). So it cannot
// implement `--color always`.
function sgr(on: number, off: number): Style {
  return (text) => text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}

/**
 * Creates styles that add color, or do nothing.
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
