import { assertEquals } from "@std/assert";
import { isInlineJson, isJsonObject, omitUndefined, parseJsonObject } from "../../lib/util/json.ts";

Deno.test("isJsonObject is true for objects only", () => {
  assertEquals(isJsonObject({}), true);
  for (const value of [null, [], "x", 7, true, undefined]) assertEquals(isJsonObject(value), false);
});

Deno.test("parseJsonObject parses objects only", () => {
  assertEquals(parseJsonObject(' {"a": [1]} '), { a: [1] });
  for (const text of ["", "{", "[1]", "null", '"x"', "7", "{}{}"]) {
    assertEquals(parseJsonObject(text), undefined, text);
  }
});

Deno.test("isInlineJson distinguishes JSON from the name of a file", () => {
  assertEquals(isInlineJson(' \n{"a": 1}'), true);
  assertEquals(isInlineJson("settings.json"), false);
  assertEquals(isInlineJson(""), false);
});

Deno.test("omitUndefined keeps every other value", () => {
  const value = { a: undefined, b: null, c: 0, d: "", e: false };
  assertEquals(Object.keys(omitUndefined(value)), ["b", "c", "d", "e"]);
});
