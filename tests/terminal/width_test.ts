import { assert, assertEquals } from "@std/assert";
import { cutEnd, cutStart, displayWidth, expandTabs } from "../../lib/terminal/width.ts";

Deno.test("displayWidth counts columns", () => {
  const cases: [text: string, width: number][] = [
    ["hello", 5],
    ["天地玄黃", 8],
    ["👍🚀", 4],
    ["e\u0301\u200b", 1],
    ["❤\ufe0f", 2],
    ["👩‍👩‍👧", 2],
  ];
  for (const [text, width] of cases) assertEquals(displayWidth(text), width, text);
});

Deno.test("expandTabs replaces tabs by spaces up to the next stop", () => {
  assertEquals(expandTabs("a\tb\t"), "a       b       ");
  assertEquals(expandTabs("天\tb"), "天      b");
});

Deno.test("cutEnd cuts the end of a text that is too wide", () => {
  const cases: [text: string, width: number, expected: string][] = [
    ["hello", 5, "hello"],
    ["hello!", 5, "hell…"],
    ["天地玄黃", 6, "天地…"],
    ["天地玄黃", 7, "天地玄…"],
    ["hello", 1, "…"],
    ["hello", 0, ""],
    ["ab👩‍👩‍👧c", 4, "ab…"],
    ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ];
  for (const [text, width, expected] of cases) assertEquals(cutEnd(text, width), expected);
});

Deno.test("cutStart cuts the beginning of a text that is too wide", () => {
  assertEquals(cutStart("/a/long/path/file.ts", 10), "…h/file.ts");
  assertEquals(cutStart("天地玄黃", 5), "…玄黃");
  assertEquals(cutStart("short", 9), "short");
});

Deno.test("cutEnd and cutStart read only a part of a huge text", () => {
  for (const character of ["x", "天", "e\u0301", "\u0301", "\u{e0100}"]) {
    const text = character.repeat(5_000_000);
    for (const cut of [cutEnd(text, 80), cutStart(text, 80)]) {
      assert(cut.isWellFormed() && displayWidth(cut) <= 80);
    }
  }
});
