import { TextLineStream } from "@std/streams/text-line-stream";
import { limitLines } from "../util/line_limit.ts";

/** Options for {@linkcode toLines}. */
export interface ToLinesOptions {
  /** The longest line in bytes. @default {MAX_LINE_BYTES} */
  readonly maxBytes?: number;
  /** Ends the stream with an error, even while it waits for input. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the lines of a byte stream. Lines end with `\n` or `\r\n`, which the last one may lack. A line
 * longer than `maxBytes` is truncated, as by {@linkcode limitLines}.
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
