/** A word that no shell changes. zsh replaces words that begin with an equals sign, fish `%self`. */
const PLAIN = /^[\w@+:,./-][\w@%+=:,./-]*$/;

/** Characters that a terminal obeys or does not show: controls, formats, and unusual spaces. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** The characters that `$'...'` does not repeat as they are. */
const NOT_LITERAL = /['\\]|[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/**
 * Quotes a value, so that a suggested command can be pasted. It runs nothing else in any of bash, dash,
 * zsh and fish, and shows all characters. A value with hidden ones becomes `$'...'`, which dash and fish
 * cannot read.
 *
 * @example
 * ```ts
 * import { shellQuote } from "./shell_quote.ts";
 *
 * console.log(shellQuote("it's")); // 'it'\''s'
 * console.log(shellQuote("two\nlines")); // $'two\012lines'
 * ```
 */
export function shellQuote(value: string): string {
  if (PLAIN.test(value)) return value;
  if (HIDDEN.test(value)) return `$'${value.replace(NOT_LITERAL, octalBytes)}'`;
  // fish reads a backslash in single quotes as an escape, so it stands between them, too.
  return `'${value.replace(/['\\]/g, "'\\$&'")}'`;
}

/** Quotes a path for a program that would read a leading dash as an option. */
export function shellQuotePath(path: string): string {
  return shellQuote(path.startsWith("-") ? `./${path}` : path);
}

/** Returns the bytes of a character as octal escapes. They contain no quote, which could end the word. */
function octalBytes(character: string): string {
  const bytes = new TextEncoder().encode(character);
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
