import { assertEquals } from "@std/assert";
import { limitLines } from "../../lib/util/line_limit.ts";
import { MAX_LINE_BYTES } from "../../lib/util/lines.ts";
import { toLines } from "../../lib/stream/lines.ts";
import { piecesOf, streamOf, textOf } from "../support/bytes.ts";

/** Limits the lines of a text the simple way. */
function expected(text: string, maxBytes: number): string {
  return text.split("\n").map((line) => {
    const bytes = new TextEncoder().encode(line);
    const kept = new TextDecoder().decode(bytes.subarray(0, maxBytes));
    return bytes.length > maxBytes ? `${kept}\0` : kept;
  }).join("\n");
}

const TEXTS = [
  "",
  "\n\n\n",
  "abcd",
  "abcde\n",
  "ab\nabcdefgh\nab\n",
  "abcdefgh\n\nabcd\nabcdefghijklmnopqrstuvwxyz\na",
  "你好\n你\n\nGrüße an 你好\n👩‍👩‍👧",
];

Deno.test("limitLines truncates long lines and keeps the others, however the bytes are split", async () => {
  for (const text of TEXTS) {
    for (const size of [1, 2, 3, 5, 7, 100]) {
      for (const maxBytes of [1, 3, 4, 5, 26]) {
        const pieces = piecesOf(new TextEncoder().encode(text), size);
        const limited = await textOf(streamOf(pieces).pipeThrough(limitLines(maxBytes)));
        assertEquals(limited, expected(text, maxBytes), `${text} by ${size}, limit ${maxBytes}`);
      }
    }
  }
});

Deno.test("limitLines passes lines of 64 MiB by default", async () => {
  const quarter = new Uint8Array(MAX_LINE_BYTES / 4).fill(97);
  const chunks = [
    quarter,
    quarter,
    quarter,
    quarter,
    "\n",
    quarter,
    quarter,
    quarter,
    quarter,
    "b\nc\n",
  ];
  const lines = await Array.fromAsync(toLines(streamOf(chunks)));
  assertEquals(lines.map(({ length }) => length), [MAX_LINE_BYTES, MAX_LINE_BYTES + 1, 1]);
  assertEquals(lines.map((line) => line.endsWith("\0")), [false, true, false]);
});
