import { assert, assertEquals } from "@std/assert";
import { codeBlock, codeSpan, htmlCode, plainText } from "../../lib/ci/markdown.ts";
import { parseMarkdown, renderMarkdown } from "../support/markdown.ts";
import { sanitize, sanitizeLine } from "../../lib/terminal/sanitize.ts";
import { NASTY, nastyText } from "./nasty_markdown.ts";
import { makeRandom } from "../support/random.ts";

const random = makeRandom(7);

/** All nasty texts, alone and together. */
const TEXTS = [...NASTY, ...Array.from({ length: 1_000 }, () => nastyText(random))];

/** What is in the cells of a table's row. */
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

/** Without the character that nobody sees. */
function seen(text: string): string {
  return text.replaceAll("\u2060", "");
}

/** As a line of a page has it: parsers take blanks together only at its ends. */
function lineOf(text: string): string {
  return sanitizeLine(text, 300).trim();
}

Deno.test("codeSpan gives a text as code, exactly", () => {
  for (const text of TEXTS) {
    const span = codeSpan(text);
    const line = lineOf(text).replace(/`{17,}/g, `${"`".repeat(16)}…`);
    if (line === "") {
      assertEquals(span, "");
      continue;
    }
    const [, inline] = parseMarkdown(`Here: ${span} and`);
    assertEquals(inline?.children?.map(({ type }) => type), ["text", "code_inline", "text"], text);
    assertEquals(inline?.children?.[1]?.content, line);
  }
});

Deno.test("codeSpan in a table ends no cell", () => {
  for (const text of TEXTS) {
    const span = codeSpan(text, { inTable: true });
    const line = lineOf(text).replace(/`{17,}/g, `${"`".repeat(16)}…`);
    assertEquals(cellsOf(`| ${span} | b |`), [line, "b"], text);
  }
});

Deno.test("plainText gives a text as text, and no cell, link or mention", () => {
  for (const text of TEXTS) {
    const plain = plainText(text);
    const line = lineOf(text);
    const [cell = "", ...others] = cellsOf(`| ${plain} | b |`);
    assertEquals(others, ["b"], text);
    assertEquals(seen(cell), seen(line));
    assert(!/:\/\/|www\.|\w@\w|@\w|#\d/i.test(cell), text);
    const [open, inline] = parseMarkdown(`${plain}\n`);
    if (line === "") continue;
    assertEquals(open?.type, "paragraph_open", text);
    assertEquals(seen((inline?.children ?? []).map(({ content }) => content).join("")), seen(line));
  }
});

Deno.test("htmlCode gives a text as code in HTML", () => {
  for (const text of TEXTS) {
    const html = `<details><summary>${htmlCode(text)}</summary>`;
    const [block, ...others] = parseMarkdown(`${html}\n\nbehind`);
    assertEquals(block?.type, "html_block");
    assertEquals(others.length, 3);
    assert(/^<details><summary>(<code>[^<>]*<\/code>)?<\/summary>$/.test(html), html);
  }
  assertEquals(
    htmlCode(`<a href="x">'&amp;`),
    "<code>&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;</code>",
  );
});

Deno.test("codeBlock gives a text as a block of code, exactly", () => {
  for (const text of TEXTS) {
    const tokens = parseMarkdown(`${codeBlock(text)}\n\nbehind`);
    assertEquals(tokens.map(({ type }) => type), [
      "fence",
      "paragraph_open",
      "inline",
      "paragraph_close",
    ]);
    assertEquals(tokens[0]?.info, "text");
    const shown = sanitize(text).trimEnd().replace(/^\n+/, "");
    assertEquals(tokens[0]?.content, `${shown}\n`);
  }
});

Deno.test("long texts are cut", () => {
  assertEquals(codeSpan("a".repeat(1_000), { limit: 3 }), "`aaa…`");
  assertEquals(plainText("a".repeat(1_000), 3), "aaa…");
  assertEquals(htmlCode("a".repeat(1_000), 3), "<code>aaa…</code>");
  assertEquals(renderMarkdown(codeSpan("a|b")), "<p><code>a|b</code></p>\n");
});
