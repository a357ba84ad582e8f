import { TextLineStream } from "@std/streams/text-line-stream";
import { BoundLines, type BoundLinesOptions } from "./bound_lines.ts";

/** One line of the stream. */
export interface Line {
  /** The line, without its end. */
  text: string;
  /** Whether it was longer than the bound and is cut there. */
  truncated: boolean;
}

/**
 * Reads bytes as lines of text. Lines may be split over chunks anywhere, end in
 * `\n` or `\r\n`, and the last one needs no end; bytes that are not UTF-8 are
 * replaced. Empty lines are left out.
 *
 * @throws what the source throws
 *
 * @example
 * ```ts
 * import { readLines } from "./read_lines.ts";
 *
 * for await (const { text } of readLines(new Blob(["a\r\n\nb"]).stream())) {
 *   console.log(text); // "a", then "b"
 * }
 * ```
 */
export async function* readLines(
  bytes: ReadableStream<Uint8Array>,
  options: BoundLinesOptions = {},
): AsyncGenerator<Line, void, void> {
  const bound = new BoundLines(options);
  const lines = bytes
    .pipeThrough(bound)
    // The byte order mark, if there is one, belongs to no message.
    .pipeThrough(new TextDecoderStream("utf-8", { ignoreBOM: false }) as TransformStream)
    .pipeThrough(new TextLineStream());
  let number = 0;
  for await (const text of lines as ReadableStream<string>) {
    const truncated = bound.takeCut(number++);
    if (text.length > 0) yield { text, truncated };
  }
}
