import stringWidth from "string-width";

/** Replaces the part of a text that was cut off. */
export const ELLIPSIS = "…";

/** The distance of tab stops in terminals. */
const TAB_STOP = 8;

/** No code unit takes more columns. */
const MAX_COLUMNS_PER_UNIT = 2;

/** A text with more code units than this per column is cut before it is measured. */
const UNITS_PER_COLUMN = 8;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Returns the graphemes of a text, which a reader sees as single characters. */
export function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
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

/** Replaces the tabs of a line with spaces. */
export function expandTabs(line: string): string {
  const [first = "", ...rest] = line.split("\t");
  let expanded = first;
  let column = displayWidth(first);
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
  const graphemes = graphemesOf(text.slice(0, width * UNITS_PER_COLUMN).toWellFormed());
  return firstColumns(graphemes, width - 1).join("") + ELLIPSIS;
}

/** Cuts the beginning of a text that is wider than `width` columns: paths differ at their ends. */
export function cutStart(text: string, width: number): string {
  if (fits(text, width)) return text;
  if (width < 1) return "";
  const graphemes = graphemesOf(text.slice(-width * UNITS_PER_COLUMN).toWellFormed());
  return ELLIPSIS + firstColumns(graphemes.toReversed(), width - 1).toReversed().join("");
}

function fits(text: string, width: number): boolean {
  if (text.length * MAX_COLUMNS_PER_UNIT <= width) return true;
  return text.length <= width * UNITS_PER_COLUMN && displayWidth(text) <= width;
}

/** Returns the first graphemes, as many as fit into `width` columns. */
function firstColumns(graphemes: readonly string[], width: number): string[] {
  let column = 0;
  const end = graphemes.findIndex((grapheme) => {
    column += displayWidth(grapheme);
    return column > width;
  });
  return end === -1 ? [...graphemes] : graphemes.slice(0, end);
}
