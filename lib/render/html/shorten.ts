import { sanitizeLine } from "../../terminal/sanitize.ts";
import { trimBlankLines } from "../../util/lines.ts";
import { sliceEnd, sliceStart } from "../../util/truncate.ts";
import { formatNumber } from "./format.ts";

/** The beginning and the end of a text. */
export interface ShortText {
  readonly head: string;
  /** What is missing between them, in words; empty if nothing is. */
  readonly missing: string;
  readonly tail: string;
}

/** The part of a long text that its beginning gets. Errors are at the end. */
const HEAD_SHARE = 0.6;

/**
 * Shortens a text to about `limit` characters, at the ends of lines if they are near.
 *
 * @example
 * ```ts
 * import { shorten } from "./shorten.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(shorten("0123456789", 5), { head: "012", missing: "5 characters", tail: "89" });
 * ```
 */
export function shorten(text: string, limit: number): ShortText {
  if (text.length <= limit) return { head: text, missing: "", tail: "" };
  const headLength = Math.ceil(limit * HEAD_SHARE);
  const head = wholeLinesOfHead(sliceStart(text, headLength));
  const tail = wholeLinesOfTail(sliceEnd(text, limit - headLength));
  const missing = text.length - head.length - tail.length;
  return { head, missing: `${formatNumber(missing)} characters`, tail };
}

/** Returns a beginning without its last, incomplete line, unless that is most of it. */
function wholeLinesOfHead(head: string): string {
  const end = head.lastIndexOf("\n");
  return end > head.length / 2 ? head.slice(0, end) : head;
}

/** Returns an end without its first, incomplete line, unless that is most of it. */
function wholeLinesOfTail(tail: string): string {
  const start = tail.indexOf("\n");
  return start >= 0 && start < tail.length / 2 ? tail.slice(start + 1) : tail;
}

/** Returns the first line of a text that is not blank, sanitized. */
export function firstLine(text: string, maxLength: number): string {
  const [line = ""] = trimBlankLines(text).split("\n", 1);
  return sanitizeLine(line, maxLength);
}
