import type { BufferedWriter } from "./buffered_writer.ts";

/** Changes text that arrives in pieces. */
export interface TextFilter {
  /** Adds a piece and returns what no later piece can change. */
  push(text: string): string;
}

/** Creates a writer that changes text and bytes, which are text in UTF-8, before `writer` writes them. */
export function createFilteredWriter(writer: BufferedWriter, filter: TextFilter): BufferedWriter {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    write: (text) => writer.write(filter.push(text)),
    writeBytes: (bytes) => writer.write(filter.push(decoder.decode(bytes, { stream: true }))),
    flush: (maxPending) => writer.flush(maxPending),
    get pending() {
      return writer.pending;
    },
    get failure() {
      return writer.failure;
    },
  };
}
