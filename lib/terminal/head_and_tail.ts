import { contentRange, countLines } from "../util/lines.ts";
import { sliceStart } from "../util/truncate.ts";
import { sanitize } from "./sanitize.ts";
import { ELLIPSIS } from "./width.ts";

/** A longer line is cut before it is sanitized. */
const MAX_LINE_LENGTH = 2_000;

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
 * Returns the first lines of a text and, if lines are hidden, its last ones. Only these are read;
 * the others are counted. Blank lines around the text do not count.
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
  const total = countLines(text);
  if (total === 0) return { head: [], hidden: 0, tail: [] };
  const { start, end } = contentRange(text);
  if (total <= headLines + tailLines) {
    return { head: firstLines(text, start, end, total), hidden: 0, tail: [] };
  }
  return {
    head: firstLines(text, start, end, headLines),
    hidden: total - headLines - tailLines,
    tail: lastLines(text, end, tailLines),
  };
}

function firstLines(text: string, start: number, end: number, count: number): string[] {
  const lines: string[] = [];
  for (let from = start; lines.length < count;) {
    const newline = text.indexOf("\n", from);
    const to = newline === -1 || newline > end ? end : newline;
    lines.push(displayLine(text, from, to));
    from = to + 1;
  }
  return lines;
}

function lastLines(text: string, end: number, count: number): string[] {
  const lines: string[] = [];
  for (let to = end; lines.length < count;) {
    const from = text.lastIndexOf("\n", to - 1) + 1;
    lines.unshift(displayLine(text, from, to));
    to = from - 1;
  }
  return lines;
}

function displayLine(text: string, from: number, to: number): string {
  const line = text.slice(from, Math.min(to, from + MAX_LINE_LENGTH + 1));
  if (line.length > MAX_LINE_LENGTH) return sanitize(sliceStart(line, MAX_LINE_LENGTH)) + ELLIPSIS;
  return sanitize(line.endsWith("\r") ? line.slice(0, -1) : line);
}
