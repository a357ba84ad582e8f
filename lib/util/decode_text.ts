/**
 * Decodes a text: UTF-16 if it begins with the byte order mark of Windows, and UTF-8 otherwise. Claude Code
 * reads settings like this.
 *
 * @example
 * ```ts
 * import { decodeText } from "./decode_text.ts";
 *
 * console.log(decodeText(new Uint8Array([0xff, 0xfe, 0x68, 0, 0x69, 0]))); // hi
 * ```
 */
export function decodeText(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}
