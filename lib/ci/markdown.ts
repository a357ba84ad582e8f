/**
 * Putting foreign text into Markdown so that it is text there and nothing else: no formatting, no
 * HTML, no link, no image, on GitHub, on GitLab and wherever CommonMark is rendered.
 *
 * @module
 */

import { sanitize, sanitizeLine } from "../terminal/sanitize.ts";

/** U+2060: not seen, no space, and no character that Markdown knows. */
export const WORD_JOINER = "\u2060";

/** An inline text is cut here, where nothing else is said. */
const INLINE_LIMIT = 300;

/** Some parsers give up on longer delimiters of code, and then it is none. */
const MAX_BACKTICKS = 16;

/** The longest run of backticks in a text. */
export function longestBackticks(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** How {@linkcode codeSpan} writes. */
export interface CodeSpanOptions {
  /** A longer text is cut. @default {300} */
  limit?: number;
  /** Whether it stands in a table, where a pipe would end the cell. @default {false} */
  inTable?: boolean;
}

/**
 * A text as code within a line. Nothing is a link or a mention in code, and it is copied as it is.
 *
 * @example
 * ```ts
 * import { codeSpan } from "./markdown.ts";
 *
 * console.log(codeSpan("ls | wc")); // `ls | wc`
 * console.log(codeSpan("a ` b")); // `` a ` b ``
 * ```
 */
export function codeSpan(text: string, options: CodeSpanOptions = {}): string {
  const { limit = INLINE_LIMIT, inTable = false } = options;
  const line = sanitizeLine(text, limit)
    .replace(/`+/g, (run) => run.length > MAX_BACKTICKS ? `${"`".repeat(MAX_BACKTICKS)}…` : run);
  if (line === "") return "";
  const fence = "`".repeat(longestBackticks(line) + 1);
  const pad = line.includes("`") ? " " : "";
  const code = inTable ? line.replaceAll("|", "\\|") : line;
  return `${fence}${pad}${code}${pad}${fence}`;
}

/** What means something anywhere in a line of Markdown. */
const MEANS_SOMETHING = /[\\`*_[\]<>|~&$!]/g;

/** What means something at the beginning of a line. */
const BEGINS_BLOCK = /^(\d{0,9})([#+=.):-])/;

/** What GitHub makes links and pictures of, wherever it stands: addresses, mentions, issues, emoji. */
const BECOMES_LINK = /@|:(?=\/\/|[\w+-]{1,50}:)|www(?=\.)|#(?=\d)/gi;

/**
 * A text as text within a line: what means something in Markdown is escaped, and what would become
 * a link is broken, invisibly.
 *
 * @example
 * ```ts
 * import { plainText } from "./markdown.ts";
 *
 * console.log(plainText("*not* <b>bold</b>")); // \*not\* \<b\>bold\</b\>
 * ```
 */
export function plainText(text: string, limit: number = INLINE_LIMIT): string {
  return sanitizeLine(text, limit)
    .replace(MEANS_SOMETHING, "\\$&")
    .replace(BEGINS_BLOCK, "$1\\$2")
    .replace(BECOMES_LINK, `$&${WORD_JOINER}`);
}

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as code in HTML, for a line that is HTML already: the `summary` of `details`. */
export function htmlCode(text: string, limit: number = INLINE_LIMIT): string {
  const line = sanitizeLine(text, limit);
  if (line === "") return "";
  return `<code>${line.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? "")}</code>`;
}

/**
 * A text as a block of code. Its fence is longer than any run of backticks in it, so nothing in it
 * ends it.
 *
 * @param info the language; ccrun's own word, never foreign
 */
export function codeBlock(text: string, info: "text" | "json" | "diff" | "sh" = "text"): string {
  const lines = sanitize(text).trimEnd().replace(/^\n+/, "");
  const fence = "`".repeat(Math.max(3, longestBackticks(lines) + 1));
  return `${fence}${info}\n${lines}\n${fence}`;
}
