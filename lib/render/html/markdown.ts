import MarkdownIt, { type Token } from "markdown-it/browser";
import { element, escapeHtml, Html, toVisibleHtml } from "./html.ts";

/** Markdown of hostile length could take long to parse. */
const MAX_LENGTH = 100_000;

/**
 * Renders Markdown of the model. Raw HTML is shown as text. Images are not loaded: they become links.
 *
 * @example
 * ```ts
 * import { renderMarkdown } from "./markdown.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(renderMarkdown("**Done.** <b>").text, "<p><strong>Done.</strong> &lt;b&gt;</p>\n");
 * ```
 */
export function renderMarkdown(text: string): Html {
  if (text.length > MAX_LENGTH) return element("p", { class: "plain" }, text);
  return new Html(toVisibleHtml(parser.render(text)));
}

/** Returns whether a page may link to an address. */
export function isWebAddress(address: string): boolean {
  return /^https?:\/\//i.test(address) && URL.canParse(address);
}

/** Returns a link to an address, if that is of the web, or else its text. */
export function webLink(address: string, text: string): Html {
  return new Html(`${openLink(address)}${escapeHtml(text)}</a>`);
}

type Rule = (tokens: readonly Token[], index: number) => string;

/** How tokens are rendered. The headings of the page are of the first two levels. */
const RULES: { readonly [token: string]: Rule } = {
  link_open: (tokens, index) => openLink(attribute(tokens[index], "href")),
  link_close: () => "</a>",
  image: (tokens, index) => image(attribute(tokens[index], "src"), tokens[index]?.content ?? ""),
  heading_open: (tokens, index) => `<${headingTag(tokens[index])}>`,
  heading_close: (tokens, index) => `</${headingTag(tokens[index])}>\n`,
  table_open: () => '<div class="scroll"><table>\n',
  table_close: () => "</table></div>\n",
  th_open: (tokens, index) => openCell("th", tokens[index]),
  td_open: (tokens, index) => openCell("td", tokens[index]),
  fence: (tokens, index) => codeBlock(tokens[index]),
  code_block: (tokens, index) => codeBlock(tokens[index]),
};

const parser = createParser();

function createParser() {
  const parser = new MarkdownIt({ html: false, linkify: true });
  // A name such as main.rs is no link.
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  // The definition of a link would not be shown.
  parser.disable("reference");
  // The rules below decide what becomes of an address.
  parser.validateLink = () => true;
  Object.assign(parser.renderer.rules, RULES);
  return parser;
}

function attribute(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? "");
}

/** An address that is not of the web, such as a path, is only a tooltip. */
function openLink(address: string): string {
  const title = escapeHtml(address);
  return isWebAddress(address)
    ? `<a href="${title}" title="${title}" rel="noreferrer noopener">`
    : `<a title="${title}">`;
}

/** An image could be loaded from anywhere, so the page has its description, and its address as a tooltip. */
function image(address: string, description: string): string {
  return element("span", { title: address }, `[image: ${description || address}]`).text;
}

function headingTag(token: Token | undefined): string {
  return `h${Math.min(6, Number(token?.tag.slice(1)) + 2)}`;
}

/** The policy of the page forbids style attributes. */
function openCell(tag: "th" | "td", token: Token | undefined): string {
  const [, align] = /^text-align:(left|center|right)$/.exec(attribute(token, "style")) ?? [];
  return align === undefined ? `<${tag}>` : `<${tag} class="${align}">`;
}

function codeBlock(token: Token | undefined): string {
  return `${element("pre", {}, element("code", {}, token?.content)).text}\n`;
}
