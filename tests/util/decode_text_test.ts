import { assertEquals } from "@std/assert";
import { decodeText } from "../../lib/util/decode_text.ts";
import { utf16 } from "../support/bytes.ts";

Deno.test("decodeText decodes UTF-8 and UTF-16, without a byte order mark", () => {
  const text = '{"a": "ü"}';
  assertEquals(decodeText(utf16(text)), text);
  assertEquals(decodeText(new TextEncoder().encode(text)), text);
  assertEquals(decodeText(new TextEncoder().encode(`\ufeff${text}`)), text);
  assertEquals(decodeText(new Uint8Array([0xff])), "\ufffd");
  assertEquals(decodeText(new Uint8Array()), "");
});
