import { MAX_LINE_BYTES, TRUNCATION_MARK } from "./lines.ts";

const NEWLINE = 0x0a;

const MARK = new TextEncoder().encode(TRUNCATION_MARK);

/**
 * Creates a stream that truncates long lines before they are decoded. A truncated line ends with
 * {@linkcode TRUNCATION_MARK}, which JSON cannot contain.
 *
 * @param maxBytes how many bytes of a line are kept
 *
 * @example
 * ```ts
 * import { limitLines } from "./line_limit.ts";
 * import { toText } from "@std/streams/to-text";
 *
 * const bytes = new Blob(["123456\nabc\n"]).stream().pipeThrough(limitLines(4));
 * console.log(JSON.stringify(await toText(bytes))); // "1234\u0000\nabc\n"
 * ```
 */
export function limitLines(
  maxBytes: number = MAX_LINE_BYTES,
): TransformStream<Uint8Array, Uint8Array> {
  /** The bytes of the unfinished line, including the dropped ones. */
  let lineBytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      if (lineBytes + chunk.length <= maxBytes) {
        const newline = chunk.lastIndexOf(NEWLINE);
        lineBytes = newline < 0 ? lineBytes + chunk.length : chunk.length - newline - 1;
        controller.enqueue(chunk);
        return;
      }
      for (let start = 0; start < chunk.length;) {
        const newline = chunk.indexOf(NEWLINE, start);
        const end = newline < 0 ? chunk.length : newline;
        const room = Math.max(0, maxBytes - lineBytes);
        const isTruncatedHere = lineBytes <= maxBytes && end - start > room;
        lineBytes += end - start;
        controller.enqueue(chunk.subarray(start, Math.min(end, start + room)));
        if (isTruncatedHere) controller.enqueue(MARK);
        if (newline >= 0) {
          controller.enqueue(chunk.subarray(newline, newline + 1));
          lineBytes = 0;
        }
        start = end + 1;
      }
    },
  });
}
