import { TextLineStream } from "@std/streams/text-line-stream";
import { limitLines } from "./line_limit.ts";

/**
 * Returns the lines of a byte stream. Lines end with `\n` or `\r\n`, and the last one needs no end. A line
 * of more than `maxBytes` is truncated as {@linkcode limitLines} does it.
 *
 * @example
 * ```ts
 * import { toLines } from "./lines.ts";
 *
 * console.log(await Array.fromAsync(toLines(new Blob(["a\r\nb"]).stream()))); // ["a", "b"]
 * ```
 */
export function toLines(
  bytes: ReadableStream<Uint8Array>,
  maxBytes?: number,
): ReadableStream<string> {
  return bytes
    .pipeThrough(limitLines(maxBytes))
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new TextLineStream());
}
