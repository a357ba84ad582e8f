/**
 * Reads Markdown as a renderer does: CommonMark with GitHub's tables, raw HTML and addresses that become links.
 *
 * @module
 */

import MarkdownIt from "markdown-it";

/** A piece of Markdown, as the parser gives it. */
export interface Token {
  /** heading_open, inline, text, code_inline, fence, html_block ... */
  readonly type: string;
  /** The element that it becomes. */
  readonly tag: string;
  /** What it is made of: the text, the code, the HTML. */
  readonly content: string;
  /** The language of a fence. */
  readonly info: string;
  /** What is within the line. */
  readonly children: readonly Token[] | null;
  /** How deep it is. */
  readonly level: number;
}

/** The part of markdown-it that is used; it brings no types. */
interface Parser {
  readonly linkify: { set(options: { fuzzyLink: boolean }): unknown };
  parse(text: string, env: object): Token[];
  render(text: string): string;
}

const makeParser: (options: { html: boolean; linkify: boolean; maxNesting: number }) => Parser =
  MarkdownIt;

/** With all that could do harm: HTML is let through, addresses become links, and depth has no bound. */
const parser = makeParser({ html: true, linkify: true, maxNesting: 100_000 });

// A name such as main.rs is no address on GitHub either.
parser.linkify.set({ fuzzyLink: false });

/** The tokens of a text. */
export function parseMarkdown(text: string): Token[] {
  return parser.parse(text, {});
}

/** The text as HTML. */
export function renderMarkdown(text: string): string {
  return parser.render(text);
}

/** All tokens, also those within lines, each once; with whether they are in a block quote. */
export function allTokens(text: string): { token: Token; isQuoted: boolean }[] {
  let quotes = 0;
  return parseMarkdown(text).flatMap((token) => {
    if (token.type === "blockquote_open") quotes++;
    if (token.type === "blockquote_close") quotes--;
    const isQuoted = quotes > 0;
    return [token, ...token.children ?? []].map((token) => ({ token, isQuoted }));
  });
}
