/**
 * Puts foreign text into Markdown by escaping it, so that it cannot change the page around it.
 *
 * @module
 */

import { sanitize, sanitizeLine } from "../../terminal/sanitize.ts";

/** An invisible character that is neither a space nor part of Markdown's syntax. */
const WORD_JOINER = "\u2060";

const MAX_INLINE_LENGTH = 300;

/** A longer run is cut, because some parsers do not accept long delimiters around code. */
const MAX_BACKTICK_RUN = 16;

const LONG_BACKTICK_RUN = new RegExp(`\`{${MAX_BACKTICK_RUN + 1},}`, "g");

/** Returns a run of backticks that is longer than any run in the text. */
function delimiterFor(text: string, minLength: number): string {
  let length = minLength;
  for (const [run] of text.matchAll(/`+/g)) length = Math.max(length, run.length + 1);
  return "`".repeat(length);
}

/**
 * Returns a text as code in a table cell, in which a pipe needs a backslash.
 *
 * @example
 * ```ts
 * import { codeSpan } from "./escape.ts";
 *
 * console.log(codeSpan("ls | wc")); // `ls \| wc`
 * console.log(codeSpan("a ` b")); // `` a ` b ``
 * ```
 */
export function codeSpan(text: string, maxLength: number = MAX_INLINE_LENGTH): string {
  const line = sanitizeLine(text, maxLength)
    .replace(LONG_BACKTICK_RUN, `${"`".repeat(MAX_BACKTICK_RUN)}…`)
    .replaceAll("|", "\\|");
  if (line === "") return "";
  const delimiter = delimiterFor(line, 1);
  const padding = line.includes("`") ? " " : "";
  return delimiter + padding + line + padding + delimiter;
}

/** Returns a text as a block of code, whose fence is longer than any run of backticks in it. */
export function codeBlock(
  text: string,
  language: "text" | "json" | "sh" | "diff" = "text",
): string {
  const lines = sanitize(text).trimEnd().replace(/^\n+/, "");
  const fence = delimiterFor(lines, 3);
  return `${fence}${language}\n${lines}\n${fence}`;
}

/** Characters with a meaning anywhere in a line. */
const SYNTAX = /[\\`*_[\]<>|~&$!]/g;

/** A heading, a list, or a rule at the start of a line. */
const BLOCK_START = /^(\d{0,9})([#+=.):-])/;

/** Addresses, mentions, issues, and emoji, which GitHub turns into links and pictures. */
const AUTOLINK = /@|:(?=\/\/|[\w+-]{1,50}:)|(?<![:/])\/(?=\/)|www(?=\.)|#(?=\d)|G[HL]-(?=\d)/gi;

/**
 * Returns a text as plain text within a line or a table cell.
 *
 * @example
 * ```ts
 * import { escapeMarkdown } from "./escape.ts";
 *
 * console.log(escapeMarkdown("*not* <b>bold</b>")); // \*not\* \<b\>bold\</b\>
 * ```
 */
export function escapeMarkdown(text: string, maxLength: number = MAX_INLINE_LENGTH): string {
  return sanitizeLine(text, maxLength)
    .replace(SYNTAX, "\\$&")
    .replace(BLOCK_START, "$1\\$2")
    .replace(AUTOLINK, `$&${WORD_JOINER}`);
}

/** Mentions and references to issues and changes, which GitHub and GitLab find in HTML, too. */
const REFERENCES = [
  "(?<![A-Za-z0-9])@(?=\\w)",
  "#(?=\\d)",
  "[!&](?=\\d)",
  "(?<![A-Za-z0-9])G[HL]\\\\?-(?=\\d)",
  "\\[(?=(?:issue|epic|work_item):)",
];

const REFERENCE = new RegExp(REFERENCES.join("|"), "gi");

/** Returns a text as text in a line of HTML. */
export function escapeHtml(text: string, maxLength: number = MAX_INLINE_LENGTH): string {
  return sanitizeLine(text, maxLength)
    .replace(REFERENCE, `$&${WORD_JOINER}`)
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** The languages of code that GitHub or GitLab does not show as code. */
const DRAWN = "mermaid|geojson|topojson|stl|plantuml|kroki|math|json:table|suggestion";

/** What can harm a page from within a quote, up to where an invisible character makes it text. */
const UNSAFE_IN_QUOTE = new RegExp(
  [
    // HTML, which could also hide what follows, and links such as <javascript:x>.
    "<(?!https?://[^\\s<>]*>)(?=[A-Za-z/!?])",
    // Images, which report to their server that the page is read.
    "!(?=\\[)",
    // Footnotes and alerts.
    "\\[(?=[\\^!])",
    // Definitions of links and footnotes, which work in the whole page.
    "\\](?=:)",
    // Links to anything but a web page.
    "\\](?=\\((?!https?://))",
    "(?<!https?):(?=//)",
    "(?<![:A-Za-z0-9/])/(?=/\\w)",
    ...REFERENCES,
    // Diagrams, maps and tables, which can contain links and data of other servers.
    `(?:\`{3}|~{3})[ \\t]*(?=(?:${DRAWN})\\b)`,
    // Entities, which could stand for a character of a reference.
    "&(?=#?\\w+;)",
  ].join("|"),
  "gi",
);

/**
 * Returns foreign Markdown as a block quote, which nothing inside of it can leave. HTML, images,
 * diagrams, definitions, mentions, references, and links to anything but web pages become text by an
 * invisible character, also in code.
 *
 * @example
 * ```ts
 * import { quoteMarkdown } from "./escape.ts";
 *
 * console.log(quoteMarkdown("# Done\n\nAll *good*.")); // "> # Done\n>\n> All *good*."
 * ```
 */
export function quoteMarkdown(text: string): string {
  return sanitize(text)
    .replace(UNSAFE_IN_QUOTE, `$&${WORD_JOINER}`)
    .trimEnd()
    .replace(/^(?:[ \t]*\n)+/, "")
    .split("\n")
    .map((line) => line === "" ? ">" : `> ${line}`)
    .join("\n");
}

/**
 * Returns blocks in a section that is collapsed at first.
 *
 * @param title the title in HTML
 */
export function collapsedSection(title: string, blocks: readonly string[]): string[] {
  return [`<details><summary>${title}</summary>`, ...blocks, "</details>"];
}
