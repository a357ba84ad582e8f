import { assertEquals } from "@std/assert";
import { createTailBuffer } from "../../lib/stream/tail_buffer.ts";
import { piecesOf } from "../support/bytes.ts";

function tailOf(text: string, pieceLength: number, maxBytes: number): string {
  const tail = createTailBuffer(maxBytes);
  for (const piece of piecesOf(new TextEncoder().encode(text), pieceLength)) tail.push(piece);
  return tail.text();
}

Deno.test("Tail keeps everything up to its bound", () => {
  assertEquals(createTailBuffer(5).text(), "");
  assertEquals(tailOf("abcde", 2, 5), "abcde");
});

Deno.test("Tail keeps the last bytes, however they came", () => {
  const text = "abcdefghijklmnopqrstuvwxyz";
  for (const pieceLength of [1, 2, 3, 5, 7, 13, 26]) {
    for (const maxBytes of [1, 2, 5, 12, 25, 26, 27]) {
      assertEquals(tailOf(text, pieceLength, maxBytes), text.slice(-maxBytes));
    }
  }
});

Deno.test("Tail takes empty chunks and goes on after its text was asked for", () => {
  const tail = createTailBuffer(3);
  tail.push(new Uint8Array());
  tail.push(new TextEncoder().encode("ab"));
  assertEquals(tail.text(), "ab");
  tail.push(new Uint8Array());
  tail.push(new TextEncoder().encode("cd"));
  assertEquals(tail.text(), "bcd");
});

Deno.test("Tail replaces a character of which the bound took a part", () => {
  assertEquals(tailOf("你b", 4, 2), "\ufffdb");
});

Deno.test("Tail joins a character that was split between chunks", () => {
  assertEquals(tailOf("你好", 1, 6), "你好");
});

Deno.test("Tail keeps its own copy of a chunk that its producer uses again", () => {
  const tail = createTailBuffer(4);
  const chunk = new TextEncoder().encode("ab");
  tail.push(chunk);
  chunk.fill(0);
  assertEquals(tail.text(), "ab");
});
