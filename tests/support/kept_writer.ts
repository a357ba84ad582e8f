/**
 * Writers that keep what they are given, or fail: what stdout is for a sink.
 *
 * @module
 */

import {
  type BufferedWriter,
  type ByteWriter,
  createBufferedWriter,
} from "../../lib/terminal/buffered_writer.ts";

/** A writer that keeps what it is given. */
export interface KeptWriter extends ByteWriter {
  /** Each write, as text. */
  readonly writes: string[];
  /** All of it. */
  bytes(): Uint8Array;
}

/** Makes a writer that takes up to `atMost` bytes at once. */
export function makeKeptWriter(atMost = Infinity): KeptWriter {
  const writes: string[] = [];
  const all: number[] = [];
  return {
    writes,
    bytes: () => new Uint8Array(all),
    write(bytes) {
      const taken = bytes.subarray(0, Math.min(bytes.length, atMost));
      for (const byte of taken) all.push(byte);
      writes.push(new TextDecoder().decode(taken));
      return Promise.resolve(taken.length);
    },
  };
}

/** A sink, and what arrives behind it. */
export interface Kept {
  readonly sink: BufferedWriter;
  /** All that was written, as text, once it is. */
  text(): Promise<string>;
  /** The same, byte for byte. */
  bytes(): Promise<Uint8Array>;
}

/** Makes a sink whose bytes are kept. */
export function makeKept(): Kept {
  const writer = makeKeptWriter();
  const sink = createBufferedWriter(writer);
  const bytes = async () => {
    await sink.flush();
    return writer.bytes();
  };
  return { sink, bytes, text: async () => new TextDecoder().decode(await bytes()) };
}
