import { assert, assertEquals } from "@std/assert";
import { createTextWrapper, type TextWrapperOptions } from "../../lib/terminal/text_wrapper.ts";
import { createStyles } from "../../lib/terminal/styles.ts";
import { displayWidth } from "../../lib/terminal/width.ts";
import { makeRandom } from "../support/random.ts";

function lay(text: string, columns?: number, more: Partial<TextWrapperOptions> = {}): string {
  const prose = createTextWrapper({
    columns: () => columns,
    styles: createStyles(false),
    markdown: true,
    ...more,
  });
  return prose.push(text) + prose.end();
}

Deno.test("prose breaks lines between words", () => {
  assertEquals(lay("one two three four", 10), "one two\nthree four\n");
});

Deno.test("prose breaks nothing without a width", () => {
  const long = "word ".repeat(100).trim();
  assertEquals(lay(long), `${long}\n`);
});

Deno.test("prose breaks a word only where it is longer than a line", () => {
  assertEquals(lay("see https://example.org/a/b ok", 12), "see\nhttps://exam\nple.org/a/b\nok\n");
});

Deno.test("prose breaks CJK anywhere, but not before what closes", () => {
  assertEquals(lay("天地玄黃宇宙洪荒", 10), "天地玄黃宇\n宙洪荒\n");
  assertEquals(lay("天地玄黃宇。宙", 10), "天地玄黃\n宇。宙\n");
});

Deno.test("prose lines up what it breaks off a list and an indented line", () => {
  assertEquals(
    lay("- one two three\n  12. four five six", 12),
    "- one two\n  three\n  12. four\n      five\n      six\n",
  );
});

Deno.test("prose keeps blank lines within a text and none around it", () => {
  assertEquals(lay("\n\na\n\n\nb\n\n", 20), "a\n\n\nb\n");
});

Deno.test("prose begins every line with its prefix", () => {
  assertEquals(lay("one two\n\nthree", 8, { prefix: "│ " }), "│ one\n│ two\n│\n│ three\n");
  assertEquals(lay("one two", 10, { prefix: "    ", first: "no: " }), "no: one\n    two\n");
});

Deno.test("prose leaves the lines of code as they are, and breaks them at the edge", () => {
  assertEquals(
    lay("```ts\n  const a = 1;   // one\n```\none two three", 12),
    "```ts\n  const a =\n  1;   // on\n  e\n```\none two\nthree\n",
  );
  const code = "~~~\n```\nlong    line    of code\n~~~\n";
  assertEquals(lay(code), code);
});

Deno.test("prose keeps tabs and counts them", () => {
  assertEquals(lay("a\tb\tc", 10), "a\tb\nc\n");
});

Deno.test("prose styles headings, code and strong words, and keeps their marks", () => {
  const styles = {
    ...createStyles(false),
    bold: (text: string) => text && `<b>${text}</b>`,
    cyan: (text: string) => text && `<c>${text}</c>`,
    dim: (text: string) => text && `<d>${text}</d>`,
  };
  const marked = (text: string) => lay(`${text}\n`, 60, { styles });
  assertEquals(marked("## A heading\ntext"), "<b>## A heading</b>\ntext\n");
  assertEquals(marked("run `a b` now"), "run <c>`a b`</c> now\n");
  assertEquals(marked("**very bold**, no"), "<b>**very bold**</b>, no\n");
  assertEquals(marked("2 ** 3 and 2**10 x"), "2 ** 3 and 2**10 x\n");
  assertEquals(marked("an `open tick\nends here"), "an <c>`open tick</c>\nends here\n");
  assertEquals(
    marked("```js\n# `no` **heading**\n```\n# yes"),
    "<d>```js</d>\n# `no` **heading**\n<d>```</d>\n<b># yes</b>\n",
  );
});

Deno.test("prose gives a word out when it is complete", () => {
  const prose = createTextWrapper({ columns: () => 20, styles: createStyles(false) });
  assertEquals(prose.push("one tw"), "one");
  assertEquals(prose.push("o three"), " two");
  assertEquals(prose.column, 7);
  assertEquals(prose.end(), " three\n");
  assertEquals(prose.column, 0);
});

Deno.test("prose that is interrupted goes on in a new line, lined up", () => {
  const prose = createTextWrapper({ columns: () => 20, styles: createStyles(false), prefix: "│ " });
  assertEquals(prose.push("- one two "), "│ - one two");
  assertEquals(prose.interrupt(), "\n");
  assertEquals(prose.interrupt(), "");
  assertEquals(prose.push("three four\n"), "│   three four");
  assertEquals(prose.interrupt(), "\n");
  assertEquals(prose.push("\nfive") + prose.end(), "│ five\n");
});

Deno.test("prose makes commands to a CI log inert where there is no terminal", () => {
  assertEquals(
    lay("::error::x\n  ::warning::y\na ::b ##[group]z"),
    "\\::error::x\n  \\::warning::y\na ::b #\\#[group]z\n",
  );
  assertEquals(lay("::error::x", 40), "::error::x\n");
});

Deno.test("prose makes commands inert behind any blanks, and in words that come in pieces", () => {
  assertEquals(lay("\xa0 ::error::x"), "\xa0 \\::error::x\n");
  assertEquals(lay("\u3000 \u2003::error::x"), "\u3000 \u2003\\::error::x\n");
  assertEquals(lay("::error::x", undefined, { prefix: "│ " }), "│ ::error::x\n");

  const long = "x".repeat(5_000);
  const blank = "\u2003".repeat(5_000);
  for (
    const word of [`${long}##[group]`, `${long}##vso[a]`, `${long}section_end:1`, `${blank}::e::`]
  ) {
    for (let cut = word.length - 12; cut < word.length; cut++) {
      const prose = createTextWrapper({ columns: () => undefined, styles: createStyles(false) });
      const shown = prose.push(word.slice(0, cut)) + prose.push(word.slice(cut)) + prose.end();
      assertEquals(shown.replace("\\", ""), `${word}\n`);
      assertEquals(/##(?:vso)?\[|section_end:|^\u2003*::/.exec(shown), null, word.slice(cut));
    }
  }
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
  "，",
  "👩‍👩‍👧",
  "e\u0301",
  "supercalifragilisticexpialidocious",
  "/path/to/",
  "##[x]",
  "::e::",
  "🇩🇪",
  "❤\ufe0f",
  "(",
  ")",
  "x,y",
  "　",
];

Deno.test("prose gives the same whatever the pieces are, and never a line too wide", () => {
  const random = makeRandom(7);
  for (let round = 0; round < 1_500; round++) {
    const text = Array.from({ length: 1 + random.below(30) }, () => random.pick(PIECES)).join("");
    const columns = random.pick([undefined, 20, 24, 33, 40]);
    const options: TextWrapperOptions = {
      columns: () => columns,
      styles: createStyles(false),
      markdown: random.below(2) === 0,
      prefix: random.pick(["", "│ ", "│ │ ┊ "]),
    };
    const whole = createTextWrapper(options);
    const expected = whole.push(text) + whole.end();
    const pieces = createTextWrapper(options);
    let given = "";
    // A SanitizeStream before it never parts a surrogate pair.
    const characters = Array.from(text);
    while (characters.length > 0) {
      given += pieces.push(characters.splice(0, 1 + random.below(4)).join(""));
    }
    given += pieces.end();
    assertEquals(given, expected, JSON.stringify({ text, columns }));
    for (const line of expected.split("\n")) {
      assert(
        columns === undefined || displayWidth(line) <= columns,
        JSON.stringify({ text, line }),
      );
    }
    if (columns !== undefined) {
      const bare = (text: string) => text.replace(/[\s│┊]/g, "");
      assertEquals(bare(expected), bare(text), "no character is lost");
    }
  }
});

Deno.test("prose takes a word of megabytes in a moment", () => {
  const prose = createTextWrapper({ columns: () => 80, styles: createStyles(false) });
  let laid = "";
  for (let n = 0; n < 20_000; n++) laid += prose.push("x".repeat(50));
  laid += prose.end();
  assertEquals(laid.replaceAll("\n", "").trim().length, 1_000_000);
});
