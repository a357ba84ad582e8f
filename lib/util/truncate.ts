/**
 * As much of a text as names it, and dots for the rest. No character is cut in two.
 *
 * @example
 * ```ts
 * import { truncate } from "./truncate.ts";
 *
 * console.log(truncate("npm run build", 7)); // npm run...
 * ```
 */
export function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "")}...`;
}

/** Ends a line that was truncated at the line limit. JSON cannot contain it. */
export const TRUNCATION_MARK = "\0";

/** Returns a copy of a text, so that a short slice does not keep a long text in memory. */
export function detach(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}
