import { assertEquals } from "@std/assert";
import { type Line, LineSplitter, MAX_LINE_BYTES } from "../../lib/stream/line_splitter.ts";
import { piecesOf } from "../support/bytes.ts";

function split(chunks: readonly Uint8Array[], maxBytes: number): Line[] {
  const splitter = new LineSplitter({ maxBytes });
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

/** What a splitter does, said as simply as can be. */
function expected(text: string, maxBytes: number): Line[] {
  const encoder = new TextEncoder();
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const bytes = encoder.encode(line);
    return {
      text: new TextDecoder().decode(bytes.subarray(0, maxBytes)),
      truncated: bytes.length > maxBytes,
    };
  });
}

const TEXTS = [
  "",
  "\n",
  "\n\n\n",
  "abcd",
  "abcde",
  "abcd\n",
  "abcde\n",
  "ab\nabcdefgh\nab\n",
  "abcdefgh\nabcdefgh",
  "abcdefgh\n\nabcd\nabcdefghijklmnopqrstuvwxyz\na",
  "abcd\nabcde\n\nabcdef\nabc",
  "你好\n你\n\nGrüße an 你好\n👩‍👩‍👧",
];

Deno.test("LineSplitter cuts long lines and leaves the others, however the bytes are split", () => {
  for (const text of TEXTS) {
    for (const size of [1, 2, 3, 4, 5, 7, 100]) {
      for (const maxBytes of [1, 3, 4, 5, 26]) {
        const pieces = piecesOf(new TextEncoder().encode(text), size);
        const where = `${JSON.stringify(text)} by ${size}, bound ${maxBytes}`;
        assertEquals(split(pieces, maxBytes), expected(text, maxBytes), where);
      }
    }
  }
});

Deno.test("LineSplitter gives each line with the chunk that ends it", () => {
  const splitter = new LineSplitter();
  const push = (text: string) =>
    splitter.push(new TextEncoder().encode(text)).map((line) => line.text);
  const given = [push("a\nb"), push("c"), push("d\n\ne\nf\n"), push("g")];
  assertEquals(given, [["a"], [], ["bcd", "e", "f"], []]);
  assertEquals(splitter.end(), [{ text: "g", truncated: false }]);
  assertEquals(splitter.end(), []);
});

Deno.test("LineSplitter knows a byte order mark from the same character in a later line that is cut", () => {
  const splitter = new LineSplitter({ maxBytes: 4 });
  const lines = splitter.push(new TextEncoder().encode("\ufeffa\nbcdefg\n\ufeffh\n"));
  assertEquals(lines.map(({ text }) => text), ["a", "bcde", "\ufeffh"]);
});

Deno.test("LineSplitter goes on with short lines after one that was cut", () => {
  const splitter = new LineSplitter({ maxBytes: 100 });
  const encoder = new TextEncoder();
  for (let chunk = 0; chunk < 50; chunk++) {
    assertEquals(splitter.push(encoder.encode("x".repeat(64))), []);
  }
  const [long, ...short] = splitter.push(encoder.encode("\nshort\n"));
  assertEquals(long, { text: "x".repeat(100), truncated: true });
  assertEquals(short, [{ text: "short", truncated: false }]);
  assertEquals(splitter.push(encoder.encode("next\n")), [{ text: "next", truncated: false }]);
});

Deno.test("LineSplitter lets lines of 64 MiB through unless it is told otherwise", () => {
  assertEquals(MAX_LINE_BYTES, 64 * 1024 * 1024);
  const splitter = new LineSplitter();
  const chunk = new Uint8Array(MAX_LINE_BYTES / 4).fill(97);
  const end = new TextEncoder().encode("\n");
  for (let quarter = 0; quarter < 4; quarter++) assertEquals(splitter.push(chunk), []);
  const [whole] = splitter.push(end);
  assertEquals([whole?.text.length, whole?.truncated], [MAX_LINE_BYTES, false]);
  for (let quarter = 0; quarter < 4; quarter++) assertEquals(splitter.push(chunk), []);
  const [cut, next] = splitter.push(new TextEncoder().encode("b\nnext\n"));
  assertEquals([cut?.text.length, cut?.truncated], [MAX_LINE_BYTES, true]);
  assertEquals(next, { text: "next", truncated: false });
});
