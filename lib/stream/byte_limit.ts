/** How much is read at once. */
const CHUNK_BYTES = 16 * 1024;

/**
 * Returns the first bytes of a stream. The rest is read and dropped, so that the writer is not blocked.
 * All chunks are read into the same buffer, so that a flood of output needs little memory.
 *
 * @param maxBytes how many bytes are returned
 * @param observe receives each chunk, which it must copy to keep it
 *
 * @example
 * ```ts
 * import { limitBytes } from "./byte_limit.ts";
 * import { toText } from "@std/streams/to-text";
 *
 * const source = new Blob(["123456"]).stream();
 * console.log(await toText(limitBytes(source, 4, () => {}))); // 1234
 * ```
 */
export function limitBytes(
  source: ReadableStream<Uint8Array>,
  maxBytes: number,
  observe: (chunk: Uint8Array) => void,
): ReadableStream<Uint8Array> {
  const reader = source.getReader({ mode: "byob" });
  let buffer = new Uint8Array(CHUNK_BYTES);
  let bytesLeft = maxBytes;
  return new ReadableStream({
    async pull(controller) {
      while (true) {
        const { value: chunk } = await reader.read(buffer);
        if (chunk === undefined || chunk.length === 0) return controller.close();
        buffer = new Uint8Array(chunk.buffer);
        observe(chunk);
        if (bytesLeft > 0) {
          controller.enqueue(chunk.slice(0, bytesLeft));
          bytesLeft = Math.max(0, bytesLeft - chunk.length);
          return;
        }
      }
    },
    cancel(reason) {
      return reader.cancel(reason);
    },
  });
}
