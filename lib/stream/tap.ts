/**
 * Creates a stream that passes bytes on unchanged after an observer has seen them.
 *
 * @param observe receives each chunk; the chunk is passed on when it returns or resolves. An error
 * ends the stream.
 *
 * @example
 * ```ts
 * import { tap } from "./tap.ts";
 * import { toText } from "@std/streams/to-text";
 *
 * let size = 0;
 * const bytes = new Blob(["hello"]).stream().pipeThrough(tap((chunk) => void (size += chunk.length)));
 * console.log(await toText(bytes), size); // hello 5
 * ```
 */
export function tap(
  observe: (chunk: Uint8Array) => void | Promise<void>,
): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    async transform(chunk, controller) {
      await observe(chunk);
      controller.enqueue(chunk);
    },
  });
}
