import { assert, assertEquals } from "@std/assert";
import { cutEnd, cutStart, displayWidth } from "../../lib/terminal/width.ts";

Deno.test("displayWidth counts CJK and emoji as two columns", () => {
  assertEquals(displayWidth("hello"), 5);
  assertEquals(displayWidth("天地玄黃"), 8);
  assertEquals(displayWidth("ｆｕｌｌ　。「」"), 16);
  assertEquals(displayWidth("한국어"), 6);
  assertEquals(displayWidth("👍🚀"), 4);
});

Deno.test("displayWidth counts what has no width of its own as none", () => {
  assertEquals(displayWidth("e\u0301\u200b"), 1);
});

Deno.test("displayWidth counts the emoji form of a narrow character as two columns", () => {
  assertEquals(displayWidth("❤"), 1);
  assertEquals(displayWidth("❤\ufe0f"), 2);
});

Deno.test("displayWidth never takes an emoji sequence for narrower than a terminal may show it", () => {
  assertEquals(displayWidth("👩‍👩‍👧"), 6);
  assertEquals(displayWidth("🇩🇪"), 2);
});

Deno.test("displayWidth counts tabs up to the next stop from where the text begins", () => {
  assertEquals(displayWidth("a\tb"), 9);
  assertEquals(displayWidth("a\tb", 4), 5);
});

Deno.test("cutEnd leaves what fits and cuts the rest to the width", () => {
  assertEquals(cutEnd("hello", 5), "hello");
  assertEquals(cutEnd("hello!", 5), "hell…");
  assertEquals(cutEnd("天地玄黃", 6), "天地…");
  assertEquals(cutEnd("天地玄黃", 7), "天地玄…");
  assertEquals(cutEnd("hello", 1), "…");
  assertEquals(cutEnd("hello", 0), "");
});

Deno.test("cutEnd never cuts through a grapheme", () => {
  assertEquals(cutEnd("ab👩‍👩‍👧c", 6), "ab…");
  assertEquals(cutEnd("e\u0301e\u0301e\u0301", 2), "e\u0301…");
});

Deno.test("cutStart keeps the end", () => {
  assertEquals(cutStart("/a/long/path/file.ts", 10), "…h/file.ts");
  assertEquals(cutStart("天地玄黃", 5), "…玄黃");
  assertEquals(cutStart("short", 9), "short");
});

Deno.test("cutting a huge text looks at its beginning only", () => {
  for (
    const text of ["x", "天", "e\u0301", "\u0301", "\t", "\u{e0100}"].map((one) =>
      one.repeat(5_000_000)
    )
  ) {
    assert(cutEnd(`x${text}`, 80).isWellFormed() && cutStart(`${text}x`, 80).isWellFormed());
    assert(displayWidth(cutEnd(text, 80)) <= 80);
    assert(displayWidth(cutStart(text, 80)) <= 80);
  }
});
