import { assertEquals } from "@std/assert";
import { parseTruncatedObject, splitLine } from "../../lib/util/json_line.ts";

const A = { type: "a", text: 'a "quote", a } and a \\', list: [{}, [1]] };
const B = { type: "b" };
const [JSON_A, JSON_B] = [JSON.stringify(A), JSON.stringify(B)];

Deno.test("splitLine yields the objects of a line and the texts around them", () => {
  const rows: readonly (readonly [line: string, parts: readonly unknown[]])[] = [
    [JSON_A, [A]],
    [`  ${JSON_A}\r`, [A]],
    ['{"no":"type"}', ['{"no":"type"}']],
    ["hello", ["hello"]],
    ["  hello ", ["  hello "]],
    ["[]", ["[]"]],
    ["5", ["5"]],
    [JSON_A + JSON_B, [A, B]],
    [`${JSON_A} ${JSON_B}`, [A, B]],
    [`${JSON_A}, ${JSON_B},`, [A, B]],
    [`[${JSON_A},${JSON_B}]`, [A, B]],
    [`$ claude ${JSON_A}`, ["$ claude", A]],
    [`\x1b[?2004l${JSON_A}`, ["\x1b[?2004l", A]],
    [`${JSON_A}$ exit`, [A, "$ exit"]],
    [`a ${JSON_A} b ${JSON_B} c`, ["a", A, "b", B, "c"]],
    [`use {name}, {} or { "x" } ${JSON_B}`, ['use {name}, {} or { "x" }', B]],
    [`${JSON_A}{"type":"cut`, [A, '{"type":"cut']],
    [`${JSON_A}\0`, [`${JSON_A}\0`]],
    ['level=info data={"id":3}', ['level=info data={"id":3}']],
  ];
  for (const [line, parts] of rows) assertEquals([...splitLine(line)], parts, line);
});

Deno.test("parseTruncatedObject returns the complete fields of an object whose text ends early", () => {
  const text = '{"type":"result","list":[1,{"a":"b,c"}],"text":"a \\"b\\", c","n":12,"last":"x"}';
  const rows: readonly (readonly [after: string, fields: unknown])[] = [
    ['{"type":"resu', undefined],
    ['{"type":"result"', undefined],
    ['{"type":"result",', { type: "result" }],
    ['"a":"b', { type: "result" }],
    ['"a":"b,c"}],', { type: "result", list: [1, { a: "b,c" }] }],
    ['"a \\"b\\', { type: "result", list: [1, { a: "b,c" }] }],
    ['"n":12,"last', { type: "result", list: [1, { a: "b,c" }], text: 'a "b", c', n: 12 }],
  ];
  for (const [after, fields] of rows) {
    const start = text.slice(0, text.indexOf(after) + after.length);
    assertEquals(parseTruncatedObject(start), fields, start);
  }
});

Deno.test("parseTruncatedObject returns undefined for anything but an object that is cut off", () => {
  for (
    const text of ["", "hello", "[1,", '{"a":1}', '{"a":1', "{a,b", '{"a":1}, {"b":2, ', '{"a":,,']
  ) {
    assertEquals(parseTruncatedObject(text), undefined, text);
  }
});

Deno.test("splitLine and parseTruncatedObject need linear time", () => {
  for (const unit of ["{", '{"', '{"a":', "{ ", '{"a":1}', "\\", "}", ',"', '{"a":{"b":1},']) {
    const text = unit.repeat(200_000);
    Array.from(splitLine(text));
    parseTruncatedObject(text);
    parseTruncatedObject(`{"a":1,${text}`);
  }
});
