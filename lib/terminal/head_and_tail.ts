import { countLines, lastLines, trimBlankLines } from "../util/lines.ts";
import { formatCount } from "../util/units.ts";
import { sanitizeTextLine } from "./sanitize.ts";
import { ELLIPSIS } from "./width.ts";

/** The first and last lines of a text. */
export interface HeadAndTail {
  /** The first lines, sanitized. */
  readonly head: string[];
  /** The number of lines between `head` and `tail`. */
  readonly hidden: number;
  /** The last lines, sanitized; empty if none are hidden. */
  readonly tail: string[];
}

/**
 * Returns the first lines of a text and, if lines are hidden, its last ones. Blank lines around the text
 * do not count.
 *
 * @example
 * ```ts
 * import { headAndTail } from "./head_and_tail.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(headAndTail("a\nb\nc\nd\n", 1, 1), { head: ["a"], hidden: 2, tail: ["d"] });
 * ```
 */
export function headAndTail(text: string, headLines: number, tailLines = 0): HeadAndTail {
  const content = trimBlankLines(text);
  const count = countLines(content);
  const hidden = Math.max(0, count - headLines - tailLines);
  if (hidden === 0) {
    return { head: content.split("\n", count).map(sanitizeTextLine), hidden, tail: [] };
  }
  const head = content.split("\n", headLines).map(sanitizeTextLine);
  return { head, hidden, tail: lastLines(content, tailLines).map(sanitizeTextLine) };
}

/** Returns the line that replaces hidden lines: `… +3 lines`. */
export function hiddenLinesNote(count: number): string {
  return `${ELLIPSIS} +${formatCount(count, "line")}`;
}
