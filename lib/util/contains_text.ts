/**
 * Whether a message says all that a text does, but for how it is laid out and an "Error:" before it.
 *
 * @example
 * ```ts
 * import { containsText } from "./contains_text.ts";
 *
 * console.log(containsText("it broke: no disk left", "Error: no disk\n  left")); // true
 * ```
 */
export function containsText(message: string, said: string): boolean {
  const words = said.trim().replace(/^error:\s+/i, "").replaceAll(/\s+/g, " ");
  return message.replaceAll(/\s+/g, " ").includes(words);
}
