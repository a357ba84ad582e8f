import { sliceStart } from "../util/truncate.ts";

/**
 * Writes text and bytes in the order in which they were added.
 *
 * Adding never waits. What is added while a write is under way is written by the next one. A
 * producer awaits {@linkcode BufferedWriter.flush} when `pending` is high.
 */
export interface BufferedWriter {
  /** Adds text. */
  write(text: string): void;
  /** Adds bytes. */
  writeBytes(bytes: Uint8Array): void;
  /** How much was added but not written, in characters and bytes together. */
  readonly pending: number;
  /**
   * Resolves when at most `maxPending` is left to write. Never rejects.
   *
   * @param maxPending in the unit of `pending`. @default {0}
   */
  flush(maxPending?: number): Promise<void>;
  /** Why a write failed. Everything added after a failure is dropped. */
  readonly failure: Error | undefined;
}

/** A destination such as `Deno.stdout`. */
export interface ByteWriter {
  /** Writes some of the bytes and returns their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Lets several writers share a destination without writing into each other's lines. */
export class WriteMutex {
  #last: Promise<void> = Promise.resolve();

  /** Runs `work` after all work that was passed before. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** Options of {@linkcode createBufferedWriter}. */
export interface BufferedWriterOptions {
  /** Called once, when a write fails. */
  onFailure?: ((error: Error) => void) | undefined;
  /** Shared with other writers to the same destination. Each `write` then has whole lines. */
  mutex?: WriteMutex | undefined;
  /**
   * Whether a write that reports a full pipe has written nothing. Deno's stderr behaves so; its stdout
   * may have written a part.
   *
   * @default {false}
   */
  failsAtomically?: boolean;
  /** Whether a write to a full destination fails instead of waiting. @default {false} */
  isNonBlocking?: boolean | undefined;
}

/** The size of a write if much is pending. */
const LARGE_WRITE_BYTES = 64 * 1024;

/** A pipe accepts a write of this size (PIPE_BUF) completely or not at all. */
const ATOMIC_WRITE_BYTES = 4096;

/** The time after which a full non-blocking pipe is tried again. */
const FULL_PIPE_RETRY_MS = 5;

/**
 * Creates a {@linkcode BufferedWriter}.
 *
 * @example
 * ```ts
 * import { createBufferedWriter } from "./buffered_writer.ts";
 *
 * const writer = createBufferedWriter(Deno.stderr, { failsAtomically: true });
 * writer.write("hello\n");
 * await writer.flush();
 * ```
 */
export function createBufferedWriter(
  destination: ByteWriter,
  options: BufferedWriterOptions = {},
): BufferedWriter {
  return new Writer(destination, options);
}

class Writer implements BufferedWriter {
  readonly #destination: ByteWriter;
  readonly #options: BufferedWriterOptions;
  #parts: (string | Uint8Array)[] = [];
  #pending = 0;
  #failure: Error | undefined;
  #isWriting = false;
  /** Resolves when `pending` has become less. */
  #progress = Promise.withResolvers<void>();

  constructor(destination: ByteWriter, options: BufferedWriterOptions) {
    this.#destination = destination;
    this.#options = options;
  }

  get pending(): number {
    return this.#pending;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  write(text: string): void {
    this.#add(text);
  }

  writeBytes(bytes: Uint8Array): void {
    this.#add(bytes);
  }

  async flush(maxPending = 0): Promise<void> {
    while (this.#pending > maxPending) await this.#progress.promise;
  }

  #add(part: string | Uint8Array): void {
    if (this.#failure !== undefined || part.length === 0) return;
    this.#parts.push(part);
    this.#pending += part.length;
    if (this.#isWriting) return;
    this.#isWriting = true;
    // The lines of one event are written together.
    queueMicrotask(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    const { mutex, onFailure } = this.#options;
    try {
      while (this.#parts.length > 0) {
        if (mutex === undefined) await this.#writeParts();
        else await mutex.run(() => this.#writeParts());
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#parts = [];
      this.#settle(this.#pending);
      onFailure?.(this.#failure);
    }
    this.#isWriting = false;
  }

  async #writeParts(): Promise<void> {
    const parts = this.#parts;
    this.#parts = [];
    for (const chunk of joinStrings(parts)) {
      for (const bytes of encodeInPieces(chunk)) await this.#writeBytes(bytes);
      this.#settle(chunk.length);
    }
  }

  async #writeBytes(bytes: Uint8Array): Promise<void> {
    const { isNonBlocking, failsAtomically } = this.#options;
    // Small writes can be repeated if the pipe is full and does not block.
    const size = isNonBlocking && !failsAtomically ? ATOMIC_WRITE_BYTES : LARGE_WRITE_BYTES;
    for (let at = 0; at < bytes.length;) {
      at += await this.#writeSome(bytes.subarray(at, at + size));
    }
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    while (true) {
      try {
        return await this.#destination.write(bytes);
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        const canRepeat = this.#options.failsAtomically || bytes.length <= ATOMIC_WRITE_BYTES;
        if (!canRepeat) throw new Error(NON_BLOCKING);
        await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_RETRY_MS));
      }
    }
  }

  #settle(size: number): void {
    this.#pending -= size;
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }
}

const NON_BLOCKING =
  "another program made the pipe non-blocking, and part of the output is lost; " +
  "give each program a pipe of its own, as in ccrun ... | cat";

/** Joins neighboring short strings. Long ones stay apart, because joining copies them. */
function joinStrings(parts: readonly (string | Uint8Array)[]): (string | Uint8Array)[] {
  const joined: (string | Uint8Array)[] = [];
  let text = "";
  const endText = () => {
    if (text !== "") joined.push(text);
    text = "";
  };
  for (const part of parts) {
    if (typeof part === "string" && part.length < LARGE_WRITE_BYTES) {
      text += part;
      continue;
    }
    endText();
    joined.push(part);
  }
  endText();
  return joined;
}

/** Encodes a text in pieces: a huge text as a whole would need as much memory again. */
function* encodeInPieces(chunk: string | Uint8Array): Generator<Uint8Array> {
  if (typeof chunk !== "string") {
    yield chunk;
    return;
  }
  const encoder = new TextEncoder();
  for (let at = 0; at < chunk.length;) {
    // A line of 64 KiB or more is written in several pieces.
    const piece = sliceStart(chunk.slice(at, at + LARGE_WRITE_BYTES + 1), LARGE_WRITE_BYTES);
    yield encoder.encode(piece);
    at += piece.length;
  }
}
