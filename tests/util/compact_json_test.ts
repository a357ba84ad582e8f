import { assert, assertEquals } from "@std/assert";
import { compactJson } from "../../lib/util/compact_json.ts";

Deno.test("compactJson writes names without quotes and spaces between items", () => {
  const value = { query: 'a "b"', "odd name": [1, null, true, {}, []], nested: { n: -1.5 } };
  assertEquals(
    compactJson(value, 1_000),
    '{query: "a \\"b\\"", "odd name": [1, null, true, {}, []], nested: {n: -1.5}}',
  );
});

Deno.test("compactJson cuts any value at the limit", () => {
  const values = [
    "x".repeat(5_000_000),
    Array(1_000_000).fill(1),
    { ["n".repeat(5_000_000)]: 1 },
    { list: [{ text: "x".repeat(5_000_000) }] },
    JSON.parse(`${'{"a":['.repeat(50_000)}1${"]}".repeat(50_000)}`),
  ];
  for (const value of values) {
    for (const limit of [1, 2, 10, 200]) {
      const text = compactJson(value, limit);
      assertEquals(text.length, limit + 1);
      assert(text.endsWith("…"));
    }
  }
});

Deno.test("compactJson leaves out what is nested more deeply than the stack allows", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const value: unknown = JSON.parse(open.repeat(100_000) + "1" + close.repeat(100_000));
    assert(compactJson(value, 50_000).includes("…"));
  }
});

Deno.test("compactJson returns exactly as much of a value as fits", () => {
  const value = { a: ["bc", { d: "😀e" }], "f g": "h" };
  const whole = compactJson(value, 1_000);
  for (let limit = 1; limit < whole.length; limit++) {
    const text = compactJson(value, limit).slice(0, -1);
    assert(whole.startsWith(text) && text.isWellFormed() && text.length >= limit - 1, text);
  }
  assertEquals(compactJson(value, whole.length), whole);
});
