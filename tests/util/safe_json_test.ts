import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { stringifySafe } from "../../lib/util/safe_json.ts";

const ACTIVE = [
  "##[error]no",
  "a ##[group]x###[y]##[",
  "##vso[task.setvariable]x ##VSO[a]",
  "\x1b]0;title\x07\x9b31m\x7f\x80\x85",
  "\u202eabc\u202c \u2066x\u2069 \u200e\u200f\u061c",
  "line\u2028para\u2029",
  "\r\n::error::no\n",
  "\ud800 lone",
  "\u200b\u2060\ufeff\u00ad\u3164\u200d x\ufe0f \ufff9",
  "\u{e0041}\u{e007f}\u{e0100}",
];

Deno.test("stringifySafe writes JSON that parses to the same value", () => {
  for (const text of ACTIVE) {
    const value = { [text]: [text, { text }], n: 1.5, b: [true, null], s: "plain 你好 👋" };
    assertEquals(JSON.parse(stringifySafe(value)), value);
  }
});

Deno.test("stringifySafe writes no control sequence or log command", () => {
  for (const text of ACTIVE) {
    const json = stringifySafe({ text, [text]: 1 });
    // deno-lint-ignore no-control-regex -- control characters are what must not be there
    assert(!/[\x00-\x1f\x7f-\x9f]/.test(json), json);
    assert(!/[\u2028\u2029\ufff9\p{Default_Ignorable_Code_Point}]/u.test(json), json);
    assert(!/##(\[|vso\[)/i.test(json), json);
    assert(json.startsWith("{"));
  }
});

Deno.test("stringifySafe writes the documented escapes", () => {
  assertEquals(stringifySafe("##[error]"), '"#\\u0023[error]"');
  assertEquals(stringifySafe("###["), '"##\\u0023["');
  assertEquals(stringifySafe("\x9b\u202e"), '"\\u009b\\u202e"');
  assertEquals(stringifySafe("\u200b\u{e0041}"), '"\\u200b\\udb40\\udc41"');
});

Deno.test("stringifySafe keeps other text unchanged", () => {
  for (const value of ["# [a] ## b", "::error::", "你好 👩‍👩‍👧 e\u0301", "a/b", [], {}, 1, null]) {
    assertEquals(stringifySafe(value), JSON.stringify(value));
  }
});

Deno.test("stringifySafe replaces what is nested too deeply for JSON.stringify", () => {
  const depth = 100_000;
  const value: unknown = JSON.parse(`{"a":7,"b":${'{"1":'.repeat(depth)}0${"}".repeat(depth + 1)}`);
  assertThrows(() => JSON.stringify(value), RangeError);
  const json = stringifySafe(value);
  assertEquals(JSON.parse(json).a, 7);
  assertStringIncludes(json, '{"1":{"1":"[nested too deeply]"}}');
});
