import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { quoteMarkdown } from "../../lib/ci/quoted_markdown.ts";
import { allTokens, parseMarkdown, renderMarkdown, type Token } from "../support/markdown.ts";
import { NASTY, nastyText } from "./nasty_markdown.ts";
import { makeRandom } from "../support/random.ts";

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
  assert(!shown("a <b>bold</b>").includes("<b>"));
  assertStringIncludes(shown("![pixel](https://example.com/p.png)"), "!<a href=");
  assert(!quoteMarkdown("see[^1]\n\n[^1]: note").includes("[^"));
  assertStringIncludes(shown("a < b && c > d"), "a &lt; b &amp;&amp; c &gt; d");
});

Deno.test("quoteMarkdown leaves code in a line as it is, to be copied", () => {
  for (
    const text of [
      "Use `Map<string>` and `cat <file`.",
      "`` a ` <b> `` and `![x](y)`, `[^1]`, `<a@b.c>`",
      "# Of `Set<T>`",
      "- `a <b`\n- [link](src/a.ts) `<b>`\n  `<c>`",
      "1. **`<b>`**\n2. see [`<c>`](src/a.ts#L5), [b][c] and `<d>`",
      "\\`a\\` and \\\\`<b>` at https://example.com/x, `<c>`",
      "one ` alone\n\nbut here `<b>`",
      "- for $5\n- `<b>`\n# `<c>`",
      "`it costs $5` `<b>`",
    ]
  ) {
    const quoted = quoteMarkdown(text).split("\n").map((line) => line.replace(/^> ?/, ""));
    assertEquals(quoted.join("\n"), text);
    assertHeld(text);
  }
});

/** Where it is not certain for every parser that `<b>` is code, and why. */
const DOUBTFUL: readonly (readonly [why: string, text: string])[] = [
  ["no end", "`a <b>"],
  ["another length", "``a <b>`"],
  ["escaped", "\\`a <b>`"],
  ["over two lines", "`a\n<b>`"],
  ["one before that may be a beginning", "a ` b\n`<b>`"],
  ["one before in the same line", "a `` b `<b>`"],
  ["a table", "| `a | b` |\n| - | - |\n| `<b>` | c |"],
  ["a pipe", "`x <b> | y`"],
  ["a link's target", "[a](x`y) <b>`"],
  ["a link's target in the next line", "[a](\nx`y) <b>`"],
  ["a link's title", "[a](x '`') <b>`"],
  ["a target in brackets", "[a](<`>) <b>`"],
  ["a link's label", "[a][x`y] <b>`\n\n[x`y]: /u"],
  ["an address, of which GitHub takes the rest of the word for a part", "www.a.b/`x <b>`"],
  ["an address, with its scheme", "HTTPS://a.b/`x <b>`"],
  ["an address behind a link", "[a](www.b)`c <b>`"],
  ["one behind it, which a parser may come back from", "[``<b>``/`"],
  ["a formula", "$a`b$ <b>`"],
  ["a wiki's link", "[[a`b]] <b>`"],
  ["a footnote in the line", "^[a`b] <b>`"],
  ["longer than some parsers take", `${"`".repeat(20)}<b>${"`".repeat(20)}`],
];

Deno.test("quoteMarkdown breaks tags in code that a parser may not take for code", () => {
  for (const [why, text] of DOUBTFUL) {
    assertHeld(text);
    assert(!/<b>/.test(quoteMarkdown(text)), `${why}: ${quoteMarkdown(text)}`);
    if (text.includes("|") || text.includes("\n\n")) continue;
    // Nor around it, but in another paragraph.
    for (const more of [`${text}\n\`<b>\``, `\`<b>\`\n${text}`]) {
      assertHeld(more);
      assert(!/<b>/.test(quoteMarkdown(more)), `${why}: ${quoteMarkdown(more)}`);
    }
    for (const between of ["\n\n", "\n- ", "\n# "]) {
      assertHeld(`${text}${between}\`<b>\``);
      assert(quoteMarkdown(`${text}${between}\`<b>\``).endsWith("`<b>`"), why);
    }
  }
});

/** Pieces of which code in a line is made, and what may come between. */
const CODE_PIECES = [
  ..."`|``|```|\\|\\`|<b>|<i x='|'>|`<b>`|`` <b> ` ``|`<b x=`|<b> `|[a](x`y) |[a](<x`y>)|[a][r`]"
    .split("|"),
  ..."[|](|][|]|(|)|<.`a@b.cd>|<1|<a@|>|$|$`| |\n|\n\n|\n- |\n  |\n> |1. |# | #|\n===\n|    |\t"
    .split("|"),
  ..."~~|*|![|[^1]|&#96;|<!--|-->|<?|</b>|\\<|\\[|www.a.b/|http://a.b/|\n\n[r`]: /u\n\n".split("|"),
  ...["| `a | b`\n| - | - |\n", "a | `b\n- | -\n", "`<b> | c`", "|", "\n| - |\n", "\n-|-\n"],
  ..."```js\n|- ```js\n|1. - ~~~\n|> ```\n|~~~mermaid\n|\n```\n|\n  ```\n".split("|"),
];

Deno.test("no tag gets out of code that is left alone, in 10,000 combinations", () => {
  const random = makeRandom(17);
  let left = 0;
  for (let n = 0; n < 10_000; n++) {
    let text = "";
    for (let m = random.below(24) + 1; m > 0; m--) text += random.pick(CODE_PIECES);
    assertHeld(text);
    left += /<b/.test(quoteMarkdown(text)) ? 1 : 0;
  }
  // Else nothing was left alone, and nothing is tested.
  assert(left > 1_000, `${left}`);
});

Deno.test("quoteMarkdown keeps code that begins a list's item in the list", () => {
  const quoted = quoteMarkdown("Do:\n- ```js\n  a <b>\n\n    c\n  ```\n- done");
  assertEquals(
    quoted,
    "> Do:\n>\n> - ````js\n>   a <b>\n>\n>     c\n>   ````\n> - done",
  );
  for (
    const [text, expected] of [
      ["2. ~~~sh\n   a `<b>`\n   ~~~\nafter", "a `<b>`\n"],
      ["text\n7) ```\n   <b>\n   ```\nafter", "<b>\n"],
      ["- a\n  - ```\n    <b>\n    ```\nafter", "<b>\n"],
      ["- 1. ```\n     <b>\n     ```\nafter", "<b>\n"],
      ["-\t```\n\t<b>\n\t```\nafter", "<b>\n"],
      ["1.  a\n\n    ```\n    <b>\n      c\n    ```\nafter", "<b>\n  c\n"],
      ["- ```\n<b>\n```\nafter", "<b>\n"],
    ] as const
  ) {
    assertHeld(text);
    const tokens = parseMarkdown(quoteMarkdown(text));
    assertEquals(tokens.filter(({ type }) => type === "fence").map(({ content }) => content), [
      expected,
    ], text);
    assert(tokens.some(({ content }) => content === "after"), text);
  }
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

Deno.test("pictures that GitHub makes of code are code wherever the code begins", () => {
  const before = ["", "- ", "1. ", "- - ", "- - - - - - ", "> ", "> - ", "- > ", "text\n\n> > "];
  const deep = ["- a\n  - b\n    - c\n\n      ", "1. a\n\n   > ", "   ", "-  \t", "- [ ] ", "* * "];
  const languages = ["mermaid", " mermaid", "Mermaid x", "math", "geojson", "topojson", "stl"];
  const hidden = ["&#109;ermaid", "mer\\maid", "me&#x72;maid\tx", "{mermaid}", "mermaid{}"];
  for (const prefix of [...before, ...deep]) {
    for (const fence of ["```", "~~~", "~~~~~", "````"]) {
      for (const info of [...languages, ...hidden]) {
        const text = `${prefix}${fence}${info}\nx`;
        assertHeld(text);
        const fences = parseMarkdown(quoteMarkdown(text)).filter(({ type }) => type === "fence");
        for (const { info } of fences) {
          const rendered = /^(?:mermaid|math|geojson|topojson|stl)\b/i;
          assert(!rendered.test(info.replace(/&#x?\w+;|\\/g, "").trim()), `${info}: ${text}`);
        }
      }
      const plain = `${prefix}${fence}js\nx`;
      const [found] = parseMarkdown(quoteMarkdown(plain)).filter(({ type }) => type === "fence");
      assert(found === undefined || found.info === "js", plain);
    }
  }
});

Deno.test("a formula stays one", () => {
  assertEquals(quoteMarkdown("so $a^2$ is\n\n$$b$$"), "> so $a^2$ is\n>\n> $$b$$");
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
    "`a` ".repeat(20_000),
    "`<b` ".repeat(900) + "<b ".repeat(20_000),
    "`a`".repeat(900) + "](".repeat(20_000) + "][".repeat(20_000),
    "- a\n" + "  ".repeat(20_000) + "```\n" + "x\n".repeat(5_000),
    "- ".repeat(5_000) + "```\nx",
    "<".repeat(20_000) + "@",
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
