/**
 * Writers that keep what is written to them.
 *
 * @module
 */

import {
  type BufferedWriter,
  type ByteWriter,
  createBufferedWriter,
} from "../../lib/terminal/buffered_writer.ts";

/** A writer that keeps its input. */
export interface KeptWriter extends ByteWriter {
  /** Each write, as text. */
  readonly writes: string[];
  /** Returns all bytes. */
  bytes(): Uint8Array;
}

/** Creates a writer that accepts up to `atMost` bytes at once. */
export function makeKeptWriter(atMost = Infinity): KeptWriter {
  const writes: string[] = [];
  const all: number[] = [];
  return {
    writes,
    bytes: () => new Uint8Array(all),
    write(bytes) {
      const accepted = bytes.subarray(0, Math.min(bytes.length, atMost));
      for (const byte of accepted) all.push(byte);
      writes.push(new TextDecoder().decode(accepted));
      return Promise.resolve(accepted.length);
    },
  };
}

/** A buffered writer and its output. */
export interface Kept {
  readonly sink: BufferedWriter;
  /** Flushes and returns the output as text. */
  text(): Promise<string>;
  /** Flushes and returns the bytes of the output. */
  bytes(): Promise<Uint8Array>;
}

/** Creates a buffered writer whose output is kept. */
export function makeKept(): Kept {
  const writer = makeKeptWriter();
  const sink = createBufferedWriter(writer);
  const bytes = async () => {
    await sink.flush();
    return writer.bytes();
  };
  return { sink, bytes, text: async () => new TextDecoder().decode(await bytes()) };
}

/** Creates a buffered writer that keeps each write at once. */
export function makeKeptSink(): BufferedWriter & { readonly writes: string[]; text(): string } {
  const writes: string[] = [];
  return {
    writes,
    text: () => writes.join(""),
    write: (text) => void writes.push(text),
    writeBytes: () => {},
    pending: 0,
    flush: () => Promise.resolve(),
    failure: undefined,
  };
}
