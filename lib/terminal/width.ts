/**
 * How wide a text is on a terminal, and cutting it to a width. Where terminals
 * differ the greater width is taken: a line that is too short is no harm, one that is
 * too long breaks the layout.
 *
 * @module
 */

/** What stands for what was cut off. */
export const ELLIPSIS = "…";

/** Terminals stop every eight columns at a tab. */
const TAB_STOP = 8;

/**
 * More code units than this a column are only looked at after cutting: the longest
 * emoji in use has 14 in two columns.
 */
const UNITS_A_COLUMN = 8;

// East Asian Wide and Fullwidth (with the unassigned between them, which become wide when they are
// assigned) and emoji, as in Unicode 17.
const WIDE = new RegExp(
  "[\\p{Emoji_Presentation}\\u1100-\\u115f\\u2329\\u232a\\u2630-\\u2637\\u268a-\\u268f" +
    "\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe1f" +
    "\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u3000\\u{16fe0}-\\u{1b2ff}\\u{1d300}-\\u{1d37f}" +
    "\\u{1f000}-\\u{1f0ff}\\u{1f18e}-\\u{1f1e5}\\u{1f200}-\\u{1faff}\\u{20000}-\\u{3fffd}]",
  "u",
);

/** Flags are made of two of these, each one column wide. */
const REGIONAL_INDICATOR = /^[\u{1f1e6}-\u{1f1ff}]$/u;

const ZERO = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]/u;

/** Asks for the emoji form, two columns wide, of the character before. */
const EMOJI_SELECTOR = "\ufe0f";

const ASCII = /^[\x20-\x7e]*$/;

/** Made when it is first needed: that takes 9 ms, and most starts do without. */
let graphemes: Intl.Segmenter | undefined;

/** The graphemes of a text: what a person takes for one character each. */
export function* graphemesOf(text: string): Generator<string> {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of graphemes.segment(text)) yield segment;
}

/** Whether every character is a visible one of ASCII, or a space: one column each. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) && !REGIONAL_INDICATOR.test(character) ? 2 : 1;
}

/**
 * The columns that a text takes when it begins in column `from`, which matters only
 * where it has tabs.
 *
 * @example
 * ```ts
 * import { displayWidth } from "./width.ts";
 *
 * console.log(displayWidth("天地"), displayWidth("a\tb")); // 4 9
 * ```
 */
export function displayWidth(text: string, from = 0): number {
  if (isAscii(text)) return text.length;
  let column = from;
  let last = 0;
  for (const character of text) {
    if (character === "\t") {
      column += TAB_STOP - column % TAB_STOP;
    } else if (character === EMOJI_SELECTOR) {
      if (last === 1) column += 1;
      last = 0;
    } else {
      last = characterWidth(character);
      column += last;
    }
  }
  return column - from;
}

/** Cuts a text to a width, with `…` in place of its end. `from` is the column that it begins in. */
export function cutEnd(text: string, width: number, from = 0): string {
  const most = width * UNITS_A_COLUMN;
  const long = text.length > most;
  if (!long && displayWidth(text, from) <= width) return text;
  if (width <= 1) return width === 1 ? ELLIPSIS : "";
  let kept = "";
  let column = from;
  for (const grapheme of graphemesOf(long ? text.slice(0, most).toWellFormed() : text)) {
    column += displayWidth(grapheme, column);
    if (column - from > width - 1) break;
    kept += grapheme;
  }
  return kept + ELLIPSIS;
}

/** Cuts a text to a width, with `…` in place of its beginning: paths are told apart by their ends. */
export function cutStart(text: string, width: number): string {
  const most = width * UNITS_A_COLUMN;
  const long = text.length > most;
  if (!long && displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? ELLIPSIS : "";
  const all = [...graphemesOf(long ? text.slice(-most).toWellFormed() : text)];
  let used = 0;
  let first = all.length;
  while (first > 0) {
    used += displayWidth(all[first - 1] ?? "");
    if (used > width - 1) break;
    first--;
  }
  return ELLIPSIS + all.slice(first).join("");
}
