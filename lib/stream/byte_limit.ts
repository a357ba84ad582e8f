/**
 * Creates a stream that passes the first bytes on and drains the rest, so that the writer is not blocked.
 *
 * @param maxBytes how many bytes are passed on
 *
 * @example
 * ```ts
 * import { limitBytes } from "./byte_limit.ts";
 * import { toText } from "@std/streams/to-text";
 *
 * console.log(await toText(new Blob(["123456"]).stream().pipeThrough(limitBytes(4)))); // 1234
 * ```
 */
export function limitBytes(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let rest = maxBytes;
  return new TransformStream({
    transform(chunk, controller) {
      if (rest > 0) controller.enqueue(chunk.subarray(0, rest));
      rest = Math.max(0, rest - chunk.length);
    },
  });
}
