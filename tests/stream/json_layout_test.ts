import { assertEquals } from "@std/assert";
import { oneObjectPerLine } from "../../lib/stream/json_layout.ts";
import { toLines } from "../../lib/stream/lines.ts";
import { bytesOf, piecesOf, streamOf, textOf } from "../support/bytes.ts";
import { makeRandom } from "../support/random.ts";

const MESSAGES = [
  { type: "a", text: 'a "quote", a \\, a brace {, a bracket ] and a\nnewline' },
  { type: "b", nested: { list: [{ x: 1 }, { y: [] }], empty: {} } },
  { type: "c", text: "" },
];

function linesOf(chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  return Array.fromAsync(toLines(streamOf(chunks).pipeThrough(oneObjectPerLine())));
}

/** Returns the values of the lines that are not blank. */
async function valuesOf(chunks: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  const lines = await linesOf(chunks);
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
}

/** The ways in which programs lay out several objects. */
const LAYOUTS: { readonly [name: string]: string } = {
  "one object a line": MESSAGES.map((message) => JSON.stringify(message)).join("\n"),
  "an array on one line": JSON.stringify(MESSAGES),
  "an indented array": JSON.stringify(MESSAGES, null, 2),
  "an array with tabs and CRLF": JSON.stringify(MESSAGES, null, "\t").replaceAll("\n", "\r\n"),
  "an array with an object a line": `[\n${MESSAGES.map((it) => JSON.stringify(it)).join(",\n")}\n]`,
  "an array with a comma before each object": `[ ${
    MESSAGES.map((it) => JSON.stringify(it)).join("\n, ")
  }\n]\n`,
  "indented objects": MESSAGES.map((it) => JSON.stringify(it, null, 2)).join("\n"),
  "indented objects in one line": MESSAGES.map((it) => JSON.stringify(it, null, 2)).join(",\n  "),
  "nested arrays": `[${JSON.stringify(MESSAGES.slice(0, 2))},\n${
    JSON.stringify(MESSAGES.slice(2))
  }]`,
  "blank lines and an array": `\n\n  ${JSON.stringify(MESSAGES, null, 4)}\n\n`,
};

for (const [name, text] of Object.entries(LAYOUTS)) {
  Deno.test(`oneObjectPerLine reads ${name}, however the bytes are split`, async () => {
    const bytes = new TextEncoder().encode(text);
    for (const length of [1, 2, 3, 7, 64, bytes.length]) {
      assertEquals(await valuesOf(piecesOf(bytes, length)), MESSAGES, `pieces of ${length}`);
    }
  });
}

Deno.test("oneObjectPerLine passes other lines unchanged", async () => {
  const texts = [
    "",
    "[",
    "{",
    "{\n",
    "[INFO] starting\n[1] 4711\n[]\n",
    "function f() {\n  return [\n    1,\n  ];\n}\n",
    "{ not json\n[ {not json\n",
    '{"a":1}{"b":2} {"c":3}, {"d":4}\n',
    "  \n\t\n \r\n x",
    `{${" ".repeat(5000)}`,
  ];
  for (const text of texts) {
    for (const length of [1, 100_000]) {
      const bytes = piecesOf(new TextEncoder().encode(text), length);
      assertEquals(await textOf(streamOf(bytes).pipeThrough(oneObjectPerLine())), text);
    }
  }
});

Deno.test("oneObjectPerLine passes the lines around a document unchanged", async () => {
  const text = `$ claude\n[ok]\n${JSON.stringify(MESSAGES, null, 2)}\n$ exit\n[done]`;
  const lines = (await linesOf([text])).filter((line) => line.trim() !== "");
  assertEquals([...lines.slice(0, 2), ...lines.slice(-2)], [
    "$ claude",
    "[ok]",
    "$ exit",
    "[done]",
  ]);
  assertEquals(lines.slice(2, -2).map((line) => JSON.parse(line)), MESSAGES);
});

Deno.test("oneObjectPerLine reads the lines after an object that is cut off", async () => {
  const next = JSON.stringify(MESSAGES[1]);
  const indented = JSON.stringify(MESSAGES[0], null, 2);
  for (const cut of [indented.slice(0, 12), indented.slice(0, 30), '[{"a":1},\n{"b":[']) {
    for (const length of [1, 2, 1000]) {
      const bytes = new TextEncoder().encode(`${cut}\n${next}\nend`);
      const lines = await linesOf(piecesOf(bytes, length));
      assertEquals(lines.slice(-2), [next, "end"], cut);
    }
  }
});

Deno.test("oneObjectPerLine yields an element of an array before the next one arrives", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const lines = toLines(readable.pipeThrough(oneObjectPerLine())).values();
  writer.write(new TextEncoder().encode('[\n  {"a":1},'));
  assertEquals((await lines.next()).value?.trim(), '{"a":1}');
  await lines.return?.();
});

Deno.test("oneObjectPerLine changes no number of bytes and no chunk, and does not depend on the chunks", async () => {
  const random = makeRandom(12);
  const pieces = ["{", "}", "[", "]", ",", '"', "\\", "\n", " ", "a", ":", '{"a":', "\r\n", '[{"'];
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random.below(40) }, () => random.pick(pieces)).join("");
    const bytes = new TextEncoder().encode(text);
    const whole = await bytesOf(streamOf([bytes]).pipeThrough(oneObjectPerLine()));
    assertEquals(new TextDecoder().decode(bytes), text);
    assertEquals(whole.length, bytes.length, text);
    const split = streamOf(piecesOf(bytes, 1 + random.below(3))).pipeThrough(oneObjectPerLine());
    assertEquals(await textOf(split), new TextDecoder().decode(whole), text);
  }
});

Deno.test("oneObjectPerLine needs linear time", async () => {
  for (const unit of ["[", "{", "{\n", '{"', '{"a":', "\n ", '{"a":[\n']) {
    const text = unit.repeat(300_000);
    assertEquals(
      (await textOf(streamOf([text]).pipeThrough(oneObjectPerLine()))).length,
      text.length,
    );
  }
});
