import { type Line, LineSplitter, type LineSplitterOptions } from "./line_splitter.ts";

/**
 * Reads bytes as lines of text, of each chunk all at once. Lines may be split over chunks
 * anywhere, end in `\n` or `\r\n`, and the last one needs no end; bytes that are not UTF-8 are
 * replaced. Empty lines are left out.
 *
 * @throws what the source throws
 *
 * @example
 * ```ts
 * import { readLines } from "./read_lines.ts";
 *
 * for await (const lines of readLines(new Blob(["a\r\n\nb"]).stream())) {
 *   for (const { text } of lines) console.log(text); // "a", then "b"
 * }
 * ```
 */
export async function* readLines(
  bytes: ReadableStream<Uint8Array>,
  options: LineSplitterOptions = {},
): AsyncGenerator<Line[], void, void> {
  const splitter = new LineSplitter(options);
  for await (const chunk of bytes) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const lines = splitter.end();
  if (lines.length > 0) yield lines;
}
