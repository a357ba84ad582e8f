/**
 * Streams of bytes that are split at any place, like the output of a process.
 *
 * @module
 */

/** Returns a stream of these chunks. Texts are encoded as UTF-8. */
export function streamOf(chunks: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const bytes = chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk);
  return ReadableStream.from(bytes);
}

/** Splits bytes into pieces of this length. */
export function piecesOf(bytes: Uint8Array, length: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.slice(at, at + length));
  return pieces;
}

/** Returns all bytes of a stream. */
export async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
}

/** Returns a stream as text. */
export async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await bytesOf(stream));
}

/** Encodes a text as UTF-16 with a byte order mark, as Windows does. */
export function utf16(text: string): Uint8Array<ArrayBuffer> {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const bytes = [0xfeff, ...units].flatMap((unit) => [unit & 0xff, unit >> 8]);
  return new Uint8Array(bytes);
}
