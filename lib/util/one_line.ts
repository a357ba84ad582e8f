/**
 * Joins the lines of a text with spaces.
 *
 * @example
 * ```ts
 * import { oneLine } from "./one_line.ts";
 *
 * console.log(oneLine("two\n  lines\n")); // two lines
 * ```
 */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\n\r]\s*/g, " ");
}
