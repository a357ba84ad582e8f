/** No message repeats a longer text. */
const MAX_LENGTH = 100_000;

/**
 * Returns whether a message contains a text, ignoring white space and an "Error:" before the text.
 *
 * @example
 * ```ts
 * import { containsText } from "./contains_text.ts";
 *
 * console.log(containsText("it broke: no disk left", "Error: no disk\n  left")); // true
 * ```
 */
export function containsText(message: string, text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  const words = text.trim().replace(/^error:\s+/i, "").replaceAll(/\s+/g, " ");
  return message.replaceAll(/\s+/g, " ").includes(words);
}
