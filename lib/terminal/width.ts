import stringWidth from "string-width";

/** Replaces the part of a text that was cut off. */
export const ELLIPSIS = "…";

/** Terminals stop every eight columns at a tab. */
const TAB_STOP = 8;

/** A text with more code units than this per column is cut before it is measured. */
const UNITS_PER_COLUMN = 8;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Yields the graphemes of a text, which a reader sees as single characters. */
export function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/**
 * Returns the number of columns that a text without tabs and newlines takes.
 *
 * @example
 * ```ts
 * import { displayWidth } from "./width.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(displayWidth("天地"), 4);
 * ```
 */
export function displayWidth(text: string): number {
  return stringWidth(text);
}

/** Replaces the tabs of a line that begins in column `from` with spaces. */
export function expandTabs(line: string, from = 0): string {
  const [first = "", ...rest] = line.split("\t");
  let expanded = first;
  let column = from + displayWidth(first);
  for (const part of rest) {
    const gap = TAB_STOP - column % TAB_STOP;
    expanded += " ".repeat(gap) + part;
    column += gap + displayWidth(part);
  }
  return expanded;
}

/** Cuts a text to `width` columns and ends it with `…` if something was cut. */
export function cutEnd(text: string, width: number): string {
  if (fits(text, width)) return text;
  if (width < 1) return "";
  let kept = "";
  let column = 0;
  for (const grapheme of graphemesOf(text.slice(0, width * UNITS_PER_COLUMN).toWellFormed())) {
    column += displayWidth(grapheme);
    if (column > width - 1) break;
    kept += grapheme;
  }
  return kept + ELLIPSIS;
}

/** Cuts the beginning of a text that is wider than `width` columns: paths differ at their ends. */
export function cutStart(text: string, width: number): string {
  if (fits(text, width)) return text;
  if (width < 1) return "";
  let kept = "";
  let column = 0;
  const graphemes = [...graphemesOf(text.slice(-width * UNITS_PER_COLUMN).toWellFormed())];
  for (const grapheme of graphemes.reverse()) {
    column += displayWidth(grapheme);
    if (column > width - 1) break;
    kept = grapheme + kept;
  }
  return ELLIPSIS + kept;
}

function fits(text: string, width: number): boolean {
  return text.length <= width * UNITS_PER_COLUMN && displayWidth(text) <= width;
}
