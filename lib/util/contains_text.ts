/**
 * Whether a message says all that a text does, but for how it is laid out and an "Error:" before it.
 *
 * @example
 * ```ts
 * import { repeats } from "./contains_text.ts";
 *
 * console.log(repeats("it broke: no disk left", "Error: no disk\n  left")); // true
 * ```
 */
export function repeats(message: string, said: string): boolean {
  const words = said.trim().replace(/^error:\s+/i, "").replaceAll(/\s+/g, " ");
  return message.replaceAll(/\s+/g, " ").includes(words);
}
