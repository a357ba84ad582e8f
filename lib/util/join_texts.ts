/**
 * Joins the texts that are not empty.
 *
 * @example
 * ```ts
 * import { joinTexts } from "./join_texts.ts";
 *
 * console.log(joinTexts(["main.ts", "", undefined, "12"], ":")); // main.ts:12
 * ```
 */
export function joinTexts(texts: readonly (string | undefined)[], separator: string): string {
  return texts.filter((text) => text !== undefined && text !== "").join(separator);
}
