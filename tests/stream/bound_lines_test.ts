import { assert, assertEquals } from "@std/assert";
import { BoundLines, MAX_LINE_BYTES } from "../../lib/stream/bound_lines.ts";
import { bytesOf, piecesOf, streamOf, textOf } from "../support/bytes.ts";

/** What comes out, and which lines are said to be cut. */
async function bounded(
  chunks: readonly (string | Uint8Array)[],
  maxBytes: number,
): Promise<{ text: string; cut: number[] }> {
  const bound = new BoundLines({ maxBytes });
  const text = await textOf(streamOf(chunks).pipeThrough(bound));
  const lines = text.split("\n").map((_, line) => line);
  return { text, cut: lines.filter((line) => bound.takeCut(line)) };
}

/** What a bound does, said as simply as can be. */
function expected(text: string, maxBytes: number): { text: string; cut: number[] } {
  const lines = text.split("\n");
  const isLong = (line: string) => line.length > maxBytes;
  return {
    text: lines.map((line) => line.slice(0, maxBytes)).join("\n"),
    cut: lines.flatMap((line, index) => isLong(line) ? [index] : []),
  };
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
];

Deno.test("BoundLines cuts long lines and leaves the others, however the bytes are split", async () => {
  for (const text of TEXTS) {
    for (const size of [1, 2, 3, 4, 5, 7, 100]) {
      for (const maxBytes of [1, 3, 4, 5, 26]) {
        const pieces = piecesOf(new TextEncoder().encode(text), size);
        const where = `${JSON.stringify(text)} by ${size}, bound ${maxBytes}`;
        assertEquals(await bounded(pieces, maxBytes), expected(text, maxBytes), where);
      }
    }
  }
});

Deno.test("BoundLines says once that a line was cut", async () => {
  const bound = new BoundLines({ maxBytes: 2 });
  await bytesOf(streamOf(["abc\nab\n", "abcd"]).pipeThrough(bound));
  const asked = [0, 0, 1, 2, 2].map((line) => bound.takeCut(line));
  assertEquals(asked, [true, false, false, true, false]);
});

Deno.test("BoundLines passes the very chunks on while no line is too long", async () => {
  const chunks = [new Uint8Array([97, 10, 98]), new Uint8Array([99, 10])];
  const passed = await Array.fromAsync(
    ReadableStream.from(chunks).pipeThrough(new BoundLines({ maxBytes: 2 })),
  );
  assert(passed.length === 2 && passed.every((chunk, index) => chunk === chunks[index]));
});

Deno.test("BoundLines holds nothing back of a line that goes on", async () => {
  const { readable, writable } = new BoundLines({ maxBytes: 100 });
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const written = writer.write(new TextEncoder().encode("not the end"));
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "not the end");
  await written;
  await reader.cancel();
});

Deno.test("BoundLines drops what is over the bound without keeping it", async () => {
  const chunk = new Uint8Array(64 * 1024).fill(97);
  const chunks = Array.from({ length: 200 }, () => chunk);
  const bound = new BoundLines({ maxBytes: 1000 });
  const sizes: number[] = [];
  for await (const passed of ReadableStream.from(chunks).pipeThrough(bound)) {
    sizes.push(passed.length);
  }
  assertEquals(sizes.reduce((sum, size) => sum + size, 0), 1000);
});

Deno.test("BoundLines lets lines of 64 MiB through unless it is told otherwise", async () => {
  assertEquals(MAX_LINE_BYTES, 64 * 1024 * 1024);
  const bound = new BoundLines();
  const chunk = new Uint8Array(MAX_LINE_BYTES / 4).fill(97);
  const source = streamOf([chunk, chunk, chunk, chunk, "b\n", "next"]);
  let size = 0;
  for await (const passed of source.pipeThrough(bound)) size += passed.length;
  assertEquals(size, MAX_LINE_BYTES + "\nnext".length);
  assertEquals([bound.takeCut(0), bound.takeCut(1)], [true, false]);
});
