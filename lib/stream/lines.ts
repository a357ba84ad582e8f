import { TextLineStream } from "@std/streams/text-line-stream";
import { limitLines } from "./line_limit.ts";

/** Options of {@linkcode toLines}. */
export interface ToLinesOptions {
  /** The longest line in bytes. @default {MAX_LINE_BYTES} */
  readonly maxBytes?: number;
  /** Breaks the stream, also while it produces nothing. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the lines of a byte stream. Lines end with `\n` or `\r\n`, and the last one needs no end. A longer
 * line than `maxBytes` is truncated as {@linkcode limitLines} does it.
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
  options: ToLinesOptions = {},
): ReadableStream<string> {
  const { maxBytes, signal } = options;
  return bytes
    .pipeThrough(limitLines(maxBytes), signal === undefined ? {} : { signal })
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new TextLineStream());
}
