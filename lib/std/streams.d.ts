/** Splits text into lines at `\n` and `\r\n`, which are removed. */
export class TextLineStream extends TransformStream<string, string> {}

export function toText(
  stream: ReadableStream<string> | ReadableStream<Uint8Array>,
): Promise<string>;
