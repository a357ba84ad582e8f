import { assertEquals } from "@std/assert";
import { jsonErrorPosition } from "../../lib/util/json_position.ts";

Deno.test("jsonErrorPosition returns undefined for valid JSON", () => {
  const value = {
    a: [1, -2.5e-7, true, false, null, 'x\\ " \u0001 ünï'],
    "": {},
    b: [],
    c: [[{}]],
  };
  assertEquals(jsonErrorPosition(JSON.stringify(value)), undefined);
  assertEquals(jsonErrorPosition(`\r\n\t ${JSON.stringify(value, null, 2)} \n`), undefined);
});

Deno.test("jsonErrorPosition returns the line and column of the first syntax error", () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ["", 1, 1],
    [" \n ", 2, 2],
    ["{ bad", 1, 3],
    ['{\n  "a": 1,\n}', 3, 1],
    ['{"a": 1 "b": 2}', 1, 9],
    ['{"a" 1}', 1, 6],
    ["[1, 2", 1, 6],
    ["[1,]", 1, 4],
    ["{]", 1, 2],
    ['{"a": 1}}', 1, 9],
    ["1 2", 1, 3],
    ["// c\n{}", 1, 1],
    ['{"a": "line\nbreak"}', 1, 7],
    ['{"a": 01}', 1, 8],
    ['{"a": {"b": [-]}}', 1, 14],
    ["{'a': 1}", 1, 2],
    ["{1: 1}", 1, 2],
    ["[undefined]", 1, 2],
  ];
  for (const [text, line, column] of cases) {
    assertEquals(jsonErrorPosition(text), { line, column }, text);
  }
});

Deno.test("jsonErrorPosition reports damage no later than where it is, and in the same token", () => {
  const whole = '{"a": [1, -2.5, true, null, "x\\n\\u00e9"], "b": {"c": {}, "d": []}}';
  for (let at = 0; at < whole.length; at++) {
    const position = jsonErrorPosition(`${whole.slice(0, at)}\u0000${whole.slice(at)}`);
    // A damaged string or word is reported at its start, which no separator follows.
    const column = position?.column ?? 0;
    assertEquals(position?.line, 1);
    assertEquals(column <= at + 1 && /^[^\s,:]*$/.test(whole.slice(column, at)), true, `${at}`);
  }
});

Deno.test("jsonErrorPosition reads long texts, and does not fail on deeply nested ones", () => {
  assertEquals(jsonErrorPosition("[" + "1,\n".repeat(100_000))?.line, 100_001);
  assertEquals(jsonErrorPosition("[".repeat(100_000)), undefined);
});
