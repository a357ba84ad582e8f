import { assert, assertEquals } from "@std/assert";
import { jsonErrorPosition } from "../../lib/util/json_position.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("jsonErrorPosition finds nothing wrong with JSON", () => {
  const values = [
    { a: [1, -2.5e-7, true, false, null, 'x\\ " \u0001 ünï'], "": {}, b: [], c: [[{}]] },
    "text",
    0,
    null,
  ];
  for (const value of values) {
    assertEquals(jsonErrorPosition(JSON.stringify(value)), undefined);
    assertEquals(jsonErrorPosition(`\r\n\t ${JSON.stringify(value, null, 2)} \n`), undefined);
  }
});

Deno.test("jsonErrorPosition names the line and column where a text stops to be JSON", () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ["", 1, 1],
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
    ["{'a': 1}", 1, 2],
    ["{1: 1}", 1, 2],
    ["[undefined]", 1, 2],
  ];
  for (const [text, line, column] of cases) {
    assertEquals(jsonErrorPosition(text), { line, column }, text);
  }
});

Deno.test("jsonErrorPosition and JSON.parse agree on texts that were damaged anywhere", () => {
  const whole = '{"a": [1, -2.5, true, null, "x\\n\\u00e9"], "b": {"c": {}, "d": []}}';
  for (let at = 0; at <= whole.length; at++) {
    for (const put of ["", ",", "]", "}", '"', "\\", "0", ".", " ", "x", ":", "\n"]) {
      for (const take of [0, 1]) {
        const text = whole.slice(0, at) + put + whole.slice(at + take);
        assertEquals(jsonErrorPosition(text) === undefined, isJson(text), text);
      }
    }
  }
});

Deno.test("jsonErrorPosition takes deep and long texts", () => {
  const depth = 100_000;
  assertEquals(jsonErrorPosition("[".repeat(depth) + "]".repeat(depth)), undefined);
  assertEquals(jsonErrorPosition(`"${"x".repeat(1_000_000)}"`), undefined);
  const place = jsonErrorPosition("[" + "1,\n".repeat(100_000));
  assert(place !== undefined);
  assertEquals(place.line, 100_001);
});
