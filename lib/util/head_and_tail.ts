import { sanitize } from "../terminal/sanitize.ts";

/**
 * A line of output longer than this is cut before it is looked at: no terminal shows
 * more, and a log is not helped by more of one line.
 */
const LINE_LIMIT = 2_000;

/** A few lines of a text, and how many are left out. */
export interface HeadAndTail {
  /** The first lines, made visible. */
  readonly head: string[];
  /** How many lines are left out after those. */
  readonly hidden: number;
  /** The last lines, made visible; only when some are left out. */
  readonly tail: string[];
}

/**
 * Takes the first lines of a text, and its last ones where that is asked for. Only
 * those are looked at; the rest is counted. Blank lines around the text do not count.
 *
 * @example
 * ```ts
 * import { headAndTail } from "./head_and_tail.ts";
 *
 * console.log(headAndTail("a\nb\nc\nd\n", 1, 1)); // { head: ["a"], hidden: 2, tail: ["d"] }
 * ```
 */
export function headAndTail(text: string, first: number, last = 0): HeadAndTail {
  const { from, to } = extent(text);
  if (from >= to) return { head: [], hidden: 0, tail: [] };
  const total = countBreaks(text, from, to) + 1;
  const whole = total <= first + last;
  const head: string[] = [];
  let at = from;
  for (let n = whole ? total : first; n > 0; n--) {
    const end = lineEnd(text, at, to);
    head.push(shown(text, at, end));
    at = end + 1;
  }
  const tail: string[] = [];
  let end = to;
  for (let n = whole ? 0 : last; n > 0; n--) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    tail.unshift(shown(text, start, end));
    end = start - 1;
  }
  return { head, hidden: whole ? 0 : total - first - last, tail };
}

/** The number of lines of a text, without blank ones around it. */
export function countLines(text: string): number {
  const { from, to } = extent(text);
  return from >= to ? 0 : countBreaks(text, from, to) + 1;
}

/** Where the text is without blank lines before it and white space behind it. */
function extent(text: string): { from: number; to: number } {
  let to = text.length;
  while (to > 0 && isSpace(text.charCodeAt(to - 1))) to--;
  let from = 0;
  for (let at = 0; at < to && isSpace(text.charCodeAt(at)); at++) {
    if (text[at] === "\n") from = at + 1;
  }
  return { from, to };
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function countBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) {
    count++;
  }
  return count;
}

function lineEnd(text: string, from: number, to: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 || end > to ? to : end;
}

function shown(text: string, from: number, to: number): string {
  const end = text[to - 1] === "\r" ? to - 1 : to;
  const cut = end - from > LINE_LIMIT;
  return sanitize(text.slice(from, cut ? from + LINE_LIMIT : end)) + (cut ? "…" : "");
}
