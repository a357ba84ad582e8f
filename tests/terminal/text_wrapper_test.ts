import { assert, assertEquals } from "@std/assert";
import { createStyles } from "../../lib/terminal/styles.ts";
import { TextWrapper, type TextWrapperOptions } from "../../lib/terminal/text_wrapper.ts";
import { displayWidth } from "../../lib/terminal/width.ts";
import { makeRandom } from "../support/random.ts";

function createWrapper(columns?: number, more: Partial<TextWrapperOptions> = {}): TextWrapper {
  const styles = createStyles(false);
  return new TextWrapper({
    columns: () => columns,
    styles,
    style: styles.plain,
    isMarkdown: true,
    ...more,
  });
}

function wrap(text: string, columns?: number, more: Partial<TextWrapperOptions> = {}): string[] {
  const wrapper = createWrapper(columns, more);
  return [...wrapper.push(text), ...wrapper.end()];
}

Deno.test("TextWrapper breaks lines", () => {
  const long = "word ".repeat(100).trim();
  const cases: [text: string, columns: number | undefined, rows: string[]][] = [
    ["one two three four", 10, ["one two", "three four"]],
    [long, undefined, [long]],
    ["see https://example.org/a/b ok", 12, ["see", "https://exam", "ple.org/a/b", "ok"]],
    ["天地玄黃宇宙洪荒", 10, ["天地玄黃宇", "宙洪荒"]],
    ["\n\na\n\n\nb\n\n", 20, ["a", "", "", "b"]],
    ["a\tb\tc", 10, ["a       b", "c"]],
    [
      "- one two three\n  12. four five six",
      12,
      ["- one two", "  three", "  12. four", "      five", "      six"],
    ],
    [
      "```ts\n  const a = 1;   // one\n```\none two three",
      12,
      ["```ts", "  const a = ", "1;   // one", "```", "one two", "three"],
    ],
  ];
  for (const [text, columns, rows] of cases) assertEquals(wrap(text, columns), rows, text);
});

Deno.test("TextWrapper keeps code as it is without a width", () => {
  const code = ["~~~", "```", "long    line    of code", "~~~"];
  assertEquals(wrap(code.join("\n")), code);
});

Deno.test("TextWrapper styles Markdown and keeps its marks", () => {
  const styles = {
    ...createStyles(false),
    bold: (text: string) => text && `<b>${text}</b>`,
    cyan: (text: string) => text && `<c>${text}</c>`,
    dim: (text: string) => text && `<d>${text}</d>`,
  };
  const cases: [text: string, rows: string[]][] = [
    ["## A heading\ntext", ["<b>## A heading</b>", "text"]],
    ["run `a b` now", ["run <c>`a b`</c> now"]],
    ["**very bold**, no", ["<b>**very bold**</b>, no"]],
    ["2 ** 3 and 2**10 x", ["2 ** 3 and 2**10 x"]],
    ["an `open tick\nends here", ["an <c>`open tick</c>", "ends here"]],
    [
      "```js\n# `no` **heading**\n```\n# yes",
      ["<d>```js</d>", "# `no` **heading**", "<d>```</d>", "<b># yes</b>"],
    ],
  ];
  for (const [text, rows] of cases) assertEquals(wrap(text, 60, { styles }), rows);
  // A style continues in the next row, and ends with each row.
  assertEquals(wrap("**one two** x", 8, { styles }), ["<b>**one</b>", "<b>two**</b> x"]);
});

Deno.test("TextWrapper returns a row when it cannot change, and keeps the rest as its unfinished row", () => {
  const wrapper = createWrapper(12);
  assertEquals([wrapper.push("- one two thr"), wrapper.unfinishedRow], [["- one two"], "  thr"]);
  assertEquals([wrapper.push("ee"), wrapper.unfinishedRow], [[], "  three"]);
  assertEquals([wrapper.push("\n"), wrapper.unfinishedRow], [["  three"], undefined]);
  assertEquals([wrapper.push("end"), wrapper.unfinishedRow], [[], "end"]);
  assertEquals([wrapper.end(), wrapper.unfinishedRow], [["end"], undefined]);
});

Deno.test("TextWrapper has no unfinished row without a width", () => {
  const wrapper = createWrapper();
  assertEquals([wrapper.push("one\ntwo"), wrapper.unfinishedRow, wrapper.end()], [
    ["one"],
    undefined,
    ["two"],
  ]);
});

const PIECES = [
  "word ",
  "a",
  " ",
  "  ",
  "\t",
  "\n",
  "\n\n",
  "- ",
  "1. ",
  "```",
  "~~~",
  "# ",
  "**",
  "`",
  "天地",
  "。",
  "👩‍👩‍👧",
  "e\u0301",
  "supercalifragilisticexpialidocious",
  "/path/to/",
  "🇩🇪",
  "❤\ufe0f",
  "x,y",
  "\u3000",
  "\xa0",
] as const;

/** Returns what a reader sees of a text: wrapping changes spaces, and composes characters. */
function visible(text: string): string {
  return text.normalize().replace(/\s/g, "");
}

Deno.test("TextWrapper loses and repeats nothing in whatever pieces a text arrives", () => {
  const random = makeRandom(7);
  for (let round = 0; round < 1_000; round++) {
    const text = Array.from({ length: 1 + random.below(30) }, () => random.pick(PIECES)).join("");
    const columns = random.pick([undefined, 20, 24, 33, 40]);
    const wrapper = createWrapper(columns, { isMarkdown: random.below(2) === 0 });
    const rows: string[] = [];
    const characters = Array.from(text);
    while (characters.length > 0) {
      rows.push(...wrapper.push(characters.splice(0, 1 + random.below(6)).join("")));
      const row = wrapper.unfinishedRow ?? "";
      const fits = columns === undefined || displayWidth(row) <= columns;
      assert(fits, JSON.stringify({ text, row, columns }));
    }
    rows.push(...wrapper.end());
    assertEquals(visible(rows.join("")), visible(text), JSON.stringify({ text, columns }));
    for (const row of rows) {
      const fits = columns === undefined || displayWidth(row) <= columns;
      assert(fits, JSON.stringify({ text, row, columns }));
    }
  }
});

Deno.test("TextWrapper wraps a word of a megabyte in pieces", () => {
  const wrapper = createWrapper(80);
  let length = 0;
  const count = (rows: string[]) => length += rows.join("").length;
  for (let n = 0; n < 20_000; n++) count(wrapper.push("x".repeat(50)));
  count(wrapper.end());
  assertEquals(length, 1_000_000);
});

Deno.test("TextWrapper breaks a long text that takes no columns", () => {
  const wrapper = createWrapper(80);
  const text = "e" + "\u0301".repeat(100_000);
  const rows: string[] = [];
  for (let at = 0; at < text.length; at += 10_000) {
    rows.push(...wrapper.push(text.slice(at, at + 10_000)));
    assert((wrapper.unfinishedRow ?? "").length < 50_000);
  }
  rows.push(...wrapper.end());
  assertEquals(visible(rows.join("")), visible(text));
});

Deno.test("TextWrapper cuts a very long line that it does not break, and counts the rest", () => {
  const line = `${"x".repeat(3_999)}${"😀".repeat(50_000)}`;
  const cut = `${"x".repeat(3_999)}… +100000 characters`;
  for (const length of [1, 1_000, 1e6]) {
    const wrapper = createWrapper(undefined);
    const text = `${line}\nshort`;
    const rows: string[] = [];
    for (let at = 0; at < text.length; at += length) {
      rows.push(...wrapper.push(text.slice(at, at + length)));
    }
    assertEquals([...rows, ...wrapper.end()], [cut, "short"]);
  }
});

Deno.test("TextWrapper does not style the marks of a very long row", () => {
  const styles = { ...createStyles(false), cyan: (text: string) => `<c>${text}</c>` };
  const line = "`a` b ".repeat(3_000).trim();
  assertEquals(wrap(line, 20_000, { styles }), [line]);
});
