import { sliceEnd, sliceStart } from "../../util/truncate.ts";

/**
 * Returns the beginning and the end of a text, such as the output of a tool, and how much is missing.
 *
 * @example
 * ```ts
 * import { excerpt } from "./excerpt.ts";
 *
 * console.log(excerpt("one two three four", 8)); // "one \n… 10 characters omitted …\nfour"
 * ```
 */
export function excerpt(text: string, maxLength: number): string {
  const omitted = text.length - maxLength;
  if (omitted <= 0) return text;
  const half = maxLength / 2;
  const count = omitted.toLocaleString("en-US");
  const note = `… ${count} characters omitted …`;
  return [sliceStart(text, Math.ceil(half)), note, sliceEnd(text, Math.floor(half))].join("\n");
}
