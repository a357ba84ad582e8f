import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { quoteMarkdown } from "../../lib/output/quoted_markdown.ts";
import { allTokens, parseMarkdown, renderMarkdown, type Token } from "../support/markdown.ts";
import { NASTY, nastyText } from "./nasty_markdown.ts";
import { makeRandom } from "./random.ts";

/** What stands behind every quote here. Something that gets out changes what it is parsed as. */
const BEHIND = "## Behind\n\nA line, `code` and text.";

const BEHIND_TOKENS = outline(parseMarkdown(BEHIND));

function outline(tokens: readonly Token[]): string[] {
  return tokens.map(({ type, content, level }) => `${level} ${type} ${content}`);
}

/** Checks that a text does nothing outside of its quote, and inside no more than Markdown may. */
function assertHeld(text: string): void {
  const quoted = quoteMarkdown(text);
  for (const line of quoted.split("\n")) assert(line === ">" || line.startsWith("> "), line);
  const page = `${quoted}\n\n${BEHIND}`;
  const tokens = parseMarkdown(page);
  assertEquals(tokens[0]?.type, "blockquote_open");
  const end = tokens.findIndex(({ type, level }) => type === "blockquote_close" && level === 0);
  assertEquals(outline(tokens.slice(end + 1)), BEHIND_TOKENS, text);
  for (const { token } of allTokens(page)) {
    assert(!["html_block", "html_inline", "image"].includes(token.type), `${token.type}: ${text}`);
    // deno-lint-ignore no-control-regex -- that they are not there is what is checked
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(token.content), text);
  }
  assert(quoted.isWellFormed());
}

Deno.test("quoteMarkdown shows Markdown as Markdown", () => {
  const text = "# Title\n\nSome *emphasis*, `code` and [a link](https://example.com).\n\n" +
    "- one\n- two\n  - three\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n1. first\n2. second";
  assertEquals(
    renderMarkdown(quoteMarkdown(text)),
    `<blockquote>\n${renderMarkdown(text)}</blockquote>\n`,
  );
});

Deno.test("quoteMarkdown keeps code as it is", () => {
  const code = 'if (a < b) {\n\tprint(`<b>`, "![x](y)", /[^a]/);\n\n}\n\n~~~\n  indented';
  for (const fence of ["```", "````", "~~~~", "  ```"]) {
    const quoted = quoteMarkdown(`Before\n${fence}js\n${code}\n${fence}\nafter`);
    const found = parseMarkdown(quoted).filter(({ type }) => type === "fence");
    assertEquals(found.length, 1);
    assertEquals(found[0]?.info, "js");
    const expected = fence.startsWith(" ") ? code.replace(/^ {2}/gm, "") : code;
    assertEquals(found[0]?.content, `${expected}\n`);
  }
});

Deno.test("quoteMarkdown ends code that has no end", () => {
  assertEquals(quoteMarkdown("```js\ncode"), "> ````js\n> code\n> ````");
});

Deno.test("quoteMarkdown takes code out of a list rather than be unsure where it ends", () => {
  const quoted = quoteMarkdown("1. do\n   ```sh\n   ls\n   ```\n2. done");
  assertEquals(quoted, "> 1. do\n> ````sh\n> ls\n> ````\n> 2. done");
  assertEquals(
    parseMarkdown(quoted).filter(({ type }) => type === "ordered_list_open").length,
    2,
  );
});

Deno.test("quoteMarkdown shows tags, images and footnotes as what is written", () => {
  const shown = (text: string) => renderMarkdown(quoteMarkdown(text)).replaceAll("\u2060", "");
  assertStringIncludes(
    shown("a <b>bold</b> `<i>`"),
    "a &lt;b&gt;bold&lt;/b&gt; <code>&lt;i&gt;</code>",
  );
  assertStringIncludes(shown("![pixel](https://example.com/p.png)"), "!<a href=");
  assert(!quoteMarkdown("see[^1]\n\n[^1]: note").includes("[^"));
  assertStringIncludes(shown("a < b && c > d"), "a &lt; b &amp;&amp; c &gt; d");
});

Deno.test("nothing gets out of the quote", () => {
  for (const nasty of NASTY) {
    assertHeld(nasty);
    assertHeld(`text ${nasty}\nmore`);
    assertHeld(`text\n${nasty}\n\nmore`);
    assertHeld(`- text\n  ${nasty}\n${nasty}`);
  }
});

Deno.test("nothing gets out of the quote, in 3,000 combinations", () => {
  const random = makeRandom(4);
  for (let n = 0; n < 3_000; n++) assertHeld(nastyText(random));
});

Deno.test("pictures that GitHub makes of code are code", () => {
  for (const language of ["mermaid", "MERMAID", "geojson", "stl", "math", "suggestion"]) {
    assertEquals(quoteMarkdown(`\`\`\`${language}\nx\n\`\`\``), "> ````text\n> x\n> ````");
  }
  assertEquals(quoteMarkdown("```<b onclick=x>\nx\n```"), "> ````\n> x\n> ````");
});

/** The deepest element of a page. */
function depthOf(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of html.matchAll(/<\/?[a-z][^>]*>/g)) {
    if (/^<(?:br|hr|input)\b|\/>$/.test(tag)) continue;
    depth += tag.startsWith("</") ? -1 : 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

Deno.test("what is nested without end is not nested without end", () => {
  const deep: readonly string[] = [
    "> ".repeat(5_000) + "x",
    ">".repeat(5_000) + "x",
    "- ".repeat(5_000) + "x",
    "1. ".repeat(5_000) + "x",
    "> - 1) ".repeat(2_000) + "x",
    Array.from({ length: 500 }, (_, n) => `${"  ".repeat(n)}- x`).join("\n"),
    Array.from({ length: 500 }, (_, n) => `${"\t".repeat(n)}* x`).join("\n"),
    "*a **b ".repeat(5_000) + "c** d* ".repeat(5_000),
    "*".repeat(10_000) + "a" + "*".repeat(10_000),
    "*a\n_b\n".repeat(3_000) + "b_\na*\n".repeat(3_000),
    "~~a ".repeat(5_000) + "a~~ ".repeat(5_000),
    "[".repeat(20_000) + "a" + "](b)".repeat(20_000),
    "![".repeat(20_000),
    "[a](<".repeat(20_000),
    "`a``b```c".repeat(10_000),
    "<".repeat(50_000),
    "&".repeat(50_000),
    "\\".repeat(50_000),
    "\n".repeat(50_000) + "x",
    " ".repeat(50_000) + "x",
    `x${" ".repeat(50_000)}y`,
    "a|".repeat(20_000) + "\n" + "-|".repeat(20_000) + "\n" + "a\n".repeat(5_000),
    "x\n".repeat(50_000),
    "[a]: b\n".repeat(9_000),
    "www.".repeat(20_000),
    "http://".repeat(10_000),
  ];
  for (const text of deep) {
    assertHeld(text);
    const quoted = quoteMarkdown(text);
    assert(quoted.length < 6 * text.length + 1_000, text.slice(0, 20));
    const depth = depthOf(renderMarkdown(quoted));
    assert(depth < 350, `${depth}: ${text.slice(0, 20)}`);
  }
});

Deno.test("lines beyond many are counted", () => {
  const quoted = quoteMarkdown("x\n".repeat(10_007));
  assert(quoted.endsWith("\n>\n> … 7 more lines"), quoted.slice(-40));
});

Deno.test("a table that is wider than any page is text", () => {
  const table = (columns: number) =>
    ["a|", "-|", "b|"].map((cell) => `|${cell.repeat(columns)}`).join("\n");
  const isTable = (text: string) => parseMarkdown(text).some(({ type }) => type === "table_open");
  assert(isTable(table(100)));
  assert(isTable(quoteMarkdown(table(20))));
  assert(!isTable(quoteMarkdown(table(100))));
});

Deno.test("a list that is not too deep keeps its levels", () => {
  const list = Array.from({ length: 12 }, (_, n) => `${"  ".repeat(n)}- x`).join("\n");
  assertEquals(
    renderMarkdown(quoteMarkdown(list)),
    `<blockquote>\n${renderMarkdown(list)}</blockquote>\n`,
  );
});
