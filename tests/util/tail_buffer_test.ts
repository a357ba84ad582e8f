import { assertEquals } from "@std/assert";
import { TailBuffer } from "../../lib/util/tail_buffer.ts";
import { piecesOf } from "../support/bytes.ts";

function tailOf(text: string, pieceLength: number, maxBytes: number): string {
  const tail = new TailBuffer(maxBytes);
  for (const piece of piecesOf(new TextEncoder().encode(text), pieceLength)) tail.push(piece);
  return tail.text();
}

Deno.test("TailBuffer keeps everything up to its limit", () => {
  assertEquals(new TailBuffer(5).text(), "");
  assertEquals(tailOf("abcde", 2, 5), "abcde");
});

Deno.test("TailBuffer keeps the last bytes, however they are split", () => {
  const text = "abcdefghijklmnopqrstuvwxyz";
  for (const pieceLength of [1, 2, 3, 5, 7, 13, 26]) {
    for (const maxBytes of [1, 2, 5, 12, 25, 26, 27]) {
      assertEquals(tailOf(text, pieceLength, maxBytes), text.slice(-maxBytes));
    }
  }
});

Deno.test("TailBuffer accepts empty chunks, and more chunks after its text was read", () => {
  const tail = new TailBuffer(3);
  tail.push(new Uint8Array());
  tail.push(new TextEncoder().encode("ab"));
  assertEquals(tail.text(), "ab");
  tail.push(new Uint8Array());
  tail.push(new TextEncoder().encode("cd"));
  assertEquals(tail.text(), "bcd");
});

Deno.test("TailBuffer replaces a character that its limit cuts", () => {
  assertEquals(tailOf("你b", 4, 2), "\ufffdb");
});

Deno.test("TailBuffer joins a character that was split between chunks", () => {
  assertEquals(tailOf("你好", 1, 6), "你好");
});

Deno.test("TailBuffer copies chunks that their producer reuses", () => {
  const tail = new TailBuffer(4);
  const chunk = new TextEncoder().encode("ab");
  tail.push(chunk);
  chunk.fill(0);
  assertEquals(tail.text(), "ab");
});
