import { assertEquals } from "@std/assert";
import { toUtf8 } from "../../lib/stream/utf8.ts";
import { bytesOf, piecesOf, streamOf, textOf } from "../support/bytes.ts";

const TEXT = '{"a":"Grüße 你好 👋"}\r\n';

/** Returns a text in UTF-16 with a byte order mark. */
function utf16(text: string, isLittleEndian: boolean): Uint8Array {
  const units = new DataView(new ArrayBuffer(2 + 2 * text.length));
  units.setUint16(0, 0xfeff, isLittleEndian);
  for (let at = 0; at < text.length; at++) {
    units.setUint16(2 + 2 * at, text.charCodeAt(at), isLittleEndian);
  }
  return new Uint8Array(units.buffer);
}

Deno.test("toUtf8 converts what has a byte order mark, however the bytes are split", async () => {
  const encoded = {
    "UTF-8": new TextEncoder().encode(TEXT),
    "UTF-8 with a mark": new TextEncoder().encode(`\ufeff${TEXT}`),
    "UTF-16LE": utf16(TEXT, true),
    "UTF-16BE": utf16(TEXT, false),
  };
  for (const [encoding, bytes] of Object.entries(encoded)) {
    for (const length of [1, 2, 3, 5, bytes.length]) {
      const stream = streamOf(piecesOf(bytes, length)).pipeThrough(toUtf8());
      assertEquals(await textOf(stream), TEXT, `${encoding} in pieces of ${length}`);
    }
  }
});

Deno.test("toUtf8 passes on bytes without a mark, even if they begin like one", async () => {
  for (const bytes of [[], [0xef], [0xff], [0xef, 0xbb], [0xef, 0xbb, 0x61], [0x61, 0xff, 0xfe]]) {
    const stream = streamOf([new Uint8Array(bytes)]).pipeThrough(toUtf8());
    assertEquals([...await bytesOf(stream)], bytes);
  }
});
