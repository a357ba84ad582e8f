/**
 * Joins the lines of a text that are not blank with spaces.
 *
 * @example
 * ```ts
 * import { oneLine } from "./one_line.ts";
 *
 * console.log(oneLine("two\n  lines\n")); // two lines
 * ```
 */
export function oneLine(text: string): string {
  // Trimming each line takes linear time. A pattern would try every space of a long run.
  const lines = text.split(/[\n\r]+/).map((line) => line.trim());
  return lines.filter((line) => line !== "").join(" ");
}
