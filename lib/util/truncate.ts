/**
 * Returns the first `maxLength` characters of a text. A character outside the BMP is not cut in two.
 *
 * @example
 * ```ts
 * import { sliceStart } from "./truncate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sliceStart("ok 😀", 4), "ok ");
 * ```
 */
export function sliceStart(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const code = text.charCodeAt(maxLength - 1);
  const splitsPair = code >= 0xd800 && code <= 0xdbff;
  return text.slice(0, splitsPair ? maxLength - 1 : maxLength);
}

/** Returns the last `maxLength` characters of a text. A character outside the BMP is not cut in two. */
export function sliceEnd(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const start = text.length - maxLength;
  const code = text.charCodeAt(start);
  const splitsPair = code >= 0xdc00 && code <= 0xdfff;
  return text.slice(splitsPair ? start + 1 : start);
}

/**
 * Shortens a text to `maxLength` characters and marks that with dots.
 *
 * @example
 * ```ts
 * import { truncate } from "./truncate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(truncate("npm run build", 7), "npm run...");
 * ```
 */
export function truncate(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${sliceStart(text, maxLength)}...`;
}

/** Joins items with commas, and counts those after the first `maxCount`: `a, b, and 2 more`. */
export function truncateList(items: readonly string[], maxCount: number): string {
  const more = items.length - maxCount;
  const text = items.slice(0, maxCount).join(", ");
  return more > 0 ? `${text}, and ${more} more` : text;
}

const encoder = new TextEncoder();

// A byte order mark is part of a text.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Returns a copy of a text, so that a short slice does not keep a long text in memory. */
export function detach(text: string): string {
  return decoder.decode(encoder.encode(text));
}
