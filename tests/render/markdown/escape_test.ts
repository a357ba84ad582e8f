import { assert, assertEquals } from "@std/assert";
import {
  codeBlock,
  codeSpan,
  escapeHtml,
  escapeMarkdown,
  quoteMarkdown,
} from "../../../lib/render/markdown/escape.ts";
import { allTokens, parseMarkdown } from "../../support/markdown.ts";
import { sanitize, sanitizeLine } from "../../../lib/terminal/sanitize.ts";
import { NASTY, nastyText } from "../../support/nasty_markdown.ts";
import { makeRandom } from "../../support/random.ts";

const random = makeRandom(7);

/** Nasty texts, alone and combined. */
const TEXTS = [...NASTY, ...Array.from({ length: 1_000 }, () => nastyText(random))];

/** Returns the contents of the cells of a table row. */
function cellsOf(markdown: string): string[] {
  const tokens = parseMarkdown(`| a | b |\n| - | - |\n${markdown}`);
  const body = tokens.findIndex(({ type }) => type === "tbody_open");
  return tokens.slice(body).filter(({ type }) => type === "inline").map(({ children }) =>
    (children ?? []).map(({ type, content }) => {
      assert(type === "text" || type === "code_inline" || type === "text_special", type);
      return content;
    }).join("")
  );
}

/** Returns a text without the invisible character that breaks links. */
function visible(text: string): string {
  return text.replaceAll("\u2060", "");
}

/** Returns a text as a parser shows it in one line. */
function lineOf(text: string): string {
  return sanitizeLine(text, 300).trim();
}

Deno.test("codeSpan() returns the exact text as code in a table cell", () => {
  for (const text of TEXTS) {
    const line = lineOf(text).replace(/`{17,}/g, `${"`".repeat(16)}…`);
    assertEquals(cellsOf(`| ${codeSpan(text)} | b |`), [line, "b"], text);
  }
});

Deno.test("escapeMarkdown() returns text without formatting, cells, links, and mentions", () => {
  for (const text of TEXTS) {
    const escaped = escapeMarkdown(text);
    const line = lineOf(text);
    const [cell = "", ...others] = cellsOf(`| ${escaped} | b |`);
    assertEquals(others, ["b"], text);
    assertEquals(visible(cell), visible(line));
    assert(!/:\/\/|www\.|\w@\w|@\w|#\d/i.test(cell), text);
    const [open, inline] = parseMarkdown(`${escaped}\n`);
    if (line === "") continue;
    assertEquals(open?.type, "paragraph_open", text);
    const content = (inline?.children ?? []).map(({ content }) => content).join("");
    assertEquals(visible(content), visible(line));
  }
});

Deno.test("escapeHtml() returns text that stays inside of its element", () => {
  for (const text of TEXTS) {
    const html = `<details><summary>${escapeHtml(text)}</summary>`;
    const [block, ...others] = parseMarkdown(`${html}\n\nafter`);
    assertEquals(block?.type, "html_block");
    assertEquals(others.length, 3);
    assert(/^<details><summary>[^<>]*<\/summary>$/.test(html), html);
  }
  assertEquals(escapeHtml(`<a href="x">'&amp;`), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;");
});

Deno.test("codeBlock() returns the exact text as a block of code", () => {
  for (const text of TEXTS) {
    const tokens = parseMarkdown(`${codeBlock(text)}\n\nafter`);
    assertEquals(tokens.map(({ type }) => type), [
      "fence",
      "paragraph_open",
      "inline",
      "paragraph_close",
    ]);
    assertEquals(tokens[0]?.info, "text");
    assertEquals(tokens[0]?.content, `${sanitize(text).trimEnd().replace(/^\n+/, "")}\n`);
  }
});

Deno.test("quoteMarkdown() returns one quote without HTML, images, and footnotes", () => {
  for (const text of TEXTS) {
    const tokens = allTokens(`${quoteMarkdown(text)}\n\nafter`);
    const types = tokens.map(({ token }) => token.type);
    for (const unsafe of ["html_block", "html_inline", "image"]) {
      assert(!types.includes(unsafe), `${unsafe}: ${text}`);
    }
    // Only the paragraph after the quote is outside.
    const outside = tokens.filter(({ isQuoted }) => !isQuoted).map(({ token }) => token.type);
    assertEquals(outside, [
      "blockquote_close",
      "paragraph_open",
      "inline",
      "text",
      "paragraph_close",
    ], text);
  }
});

Deno.test("quoteMarkdown() keeps formatting and the look of code", () => {
  const rows = [
    ["# Done\n\nAll *good*.", "> # Done\n>\n> All *good*."],
    ["\n\n- `a<b` [link](https://example.com)\n\n", "> - `a<\u2060b` [link](https://example.com)"],
    ["```ts\nlet a: Array<string>;\n```", "> ```ts\n> let a: Array<\u2060string>;\n> ```"],
    ["````mermaid\na\n````", "> ````\u2060mermaid\n> a\n> ````"],
    ["~~~ GeoJSON\n{}\n~~~", "> ~~~ \u2060GeoJSON\n> {}\n> ~~~"],
    ["```json:table\n{}\n```", "> ```\u2060json:table\n> {}\n> ```"],
    ["```math\nx\n```", "> ```\u2060math\n> x\n> ```"],
    ["a/b!1 &2 GL-3", "> a/b!\u20601 &\u20602 GL-\u20603"],
    ["[issue:4] a[i:4]", "> [\u2060issue:4] a[i:4]"],
    ["1 < 2 && a@b", "> 1 < 2 && a@b"],
    ["ask @team", "> ask @\u2060team"],
    ["_@team_ &#64;team", "> _@\u2060team_ &\u2060#\u206064;team"],
    ["fixes #1, a/b\\#1, GH-1", "> fixes #\u20601, a/b\\#\u20601, GH-\u20601"],
    ["[a]: https://x", "> [a]\u2060: https://x"],
    ["[a](javascript:x) [b](src/b.ts)", "> [a]\u2060(javascript:x) [b]\u2060(src/b.ts)"],
    ["file:///a HTTP://b", "> file:\u2060///a HTTP://b"],
    ["> [!CAUTION]", "> > [\u2060!CAUTION]"],
    ["a[^1]\n\n[^1]: b", "> a[\u2060^1]\n>\n> [\u2060^1]\u2060: b"],
  ] as const;
  for (const [text, quoted] of rows) assertEquals(quoteMarkdown(text), quoted);
});

Deno.test("quoteMarkdown() takes linear time on hostile text", () => {
  for (
    const piece of ["<", "![", "`", "> ", "- ", "@a", "&a", "](", "//a", "``` ", "\n", " ", "\t\n"]
  ) {
    const text = piece.repeat(Math.ceil(2_000_000 / piece.length));
    assert(quoteMarkdown(text).length < 4 * text.length);
  }
});

Deno.test("long texts are truncated", () => {
  assertEquals(codeSpan("a".repeat(1_000), 3), "`aaa…`");
  assertEquals(escapeMarkdown("a".repeat(1_000), 3), "aaa…");
  assertEquals(escapeHtml("a".repeat(1_000), 3), "aaa…");
});
