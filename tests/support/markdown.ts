/**
 * Parses Markdown as a renderer does: CommonMark with tables, raw HTML, and links from addresses.
 *
 * @module
 */

import MarkdownIt from "markdown-it";

/** A token of the parser. */
export interface Token {
  /** heading_open, inline, text, code_inline, fence, html_block ... */
  readonly type: string;
  /** The HTML element. */
  readonly tag: string;
  /** The text, the code, or the HTML. */
  readonly content: string;
  /** The language of a fence. */
  readonly info: string;
  /** The tokens within a line. */
  readonly children: readonly Token[] | null;
  /** The nesting depth. */
  readonly level: number;
  /** Returns an attribute of the element, such as the address of a link. */
  attrGet(name: string): string | null;
}

/** The parts of markdown-it that tests use. The package has no types. */
interface Parser {
  readonly linkify: { set(options: { fuzzyLink: boolean }): unknown };
  parse(text: string, env: object): Token[];
}

const makeParser: (options: { html: boolean; linkify: boolean; maxNesting: number }) => Parser =
  MarkdownIt;

/** The most permissive options: raw HTML, links from addresses, and any depth. */
const parser = makeParser({ html: true, linkify: true, maxNesting: 100_000 });

// GitHub does not turn a name such as main.rs into a link either.
parser.linkify.set({ fuzzyLink: false });

/** Parses a text into tokens. */
export function parseMarkdown(text: string): Token[] {
  return parser.parse(text, {});
}

/** Returns all tokens, including those within lines, and whether they are in a block quote. */
export function allTokens(text: string): { token: Token; isQuoted: boolean }[] {
  let quotes = 0;
  return parseMarkdown(text).flatMap((token) => {
    if (token.type === "blockquote_open") quotes++;
    if (token.type === "blockquote_close") quotes--;
    const isQuoted = quotes > 0;
    return [token, ...token.children ?? []].map((token) => ({ token, isQuoted }));
  });
}
