import { concat } from "@std/bytes/concat";
import { delay } from "@std/async/delay";
import type { WriteMutex } from "./write_mutex.ts";

/**
 * Writes text and bytes in the order in which they were added.
 *
 * Adding never waits. What is added while a write is under way is written by the next one. A
 * producer awaits {@linkcode BufferedWriter.flush} when `pending` is high.
 */
export interface BufferedWriter {
  /** Adds text. */
  write(text: string): void;
  /** Adds bytes, which must not change before they are written. */
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

type Part = string | Uint8Array;

/** Options for {@linkcode createBufferedWriter}. */
export interface BufferedWriterOptions {
  /** Called once, when a write fails. */
  onFailure?: ((error: Error) => void) | undefined;
  /** Shared with other writers to the same destination. Each text must then consist of whole lines. */
  mutex?: WriteMutex | undefined;
  /**
   * Whether a write that reports a full pipe has written nothing. Deno's stderr behaves so; its stdout
   * may have written a part.
   *
   * @default {false}
   */
  writesAllOrNothing?: boolean;
  /** Whether a write to a full destination fails instead of waiting. @default {false} */
  isNonBlocking?: boolean | undefined;
}

/** The largest write. A longer text is encoded in pieces, to need less memory. */
const MAX_WRITE_BYTES = 64 * 1024;

/** A pipe accepts a write of this size (PIPE_BUF) completely or not at all. */
const ATOMIC_WRITE_BYTES = 4096;

/** The time after which a full non-blocking pipe is tried again. */
const FULL_PIPE_RETRY_MS = 5;

const OUTPUT_LOST = "another program made the pipe non-blocking, and part of the output is lost; " +
  "give each program a pipe of its own, as in ccrun ... | cat";

/**
 * Creates a {@linkcode BufferedWriter}.
 *
 * @example
 * ```ts
 * import { createBufferedWriter } from "./buffered_writer.ts";
 *
 * const writer = createBufferedWriter(Deno.stderr, { writesAllOrNothing: true });
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
  readonly #encoder = new TextEncoder();
  readonly #encoded = new Uint8Array(MAX_WRITE_BYTES);
  #parts: Part[] = [];
  #pending = 0;
  #failure: Error | undefined;
  #isWriting = false;
  #pendingDecreased = Promise.withResolvers<void>();

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
    while (this.#pending > maxPending) await this.#pendingDecreased.promise;
  }

  #add(part: Part): void {
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
      this.#decreasePending(this.#pending);
      onFailure?.(this.#failure);
    }
    this.#isWriting = false;
  }

  async #writeParts(): Promise<void> {
    const parts = this.#parts;
    this.#parts = [];
    for (const part of joinNeighbors(parts)) {
      if (typeof part === "string") await this.#writeText(part);
      else await this.#writeBytes(part);
      this.#decreasePending(part.length);
    }
  }

  async #writeText(text: string): Promise<void> {
    for (let rest = text; rest !== "";) {
      const { read, written } = this.#encoder.encodeInto(rest, this.#encoded);
      await this.#writeBytes(this.#encoded.subarray(0, written));
      rest = rest.slice(read);
    }
  }

  async #writeBytes(bytes: Uint8Array): Promise<void> {
    const { isNonBlocking, writesAllOrNothing } = this.#options;
    // Small writes can be repeated if the pipe is full and does not block.
    const maxBytes = isNonBlocking && !writesAllOrNothing ? ATOMIC_WRITE_BYTES : MAX_WRITE_BYTES;
    for (let rest = bytes; rest.length > 0;) {
      const written = await this.#writeSome(rest.subarray(0, maxBytes));
      rest = rest.subarray(written);
    }
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    while (true) {
      try {
        return await this.#destination.write(bytes);
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        const canRepeat = this.#options.writesAllOrNothing || bytes.length <= ATOMIC_WRITE_BYTES;
        if (!canRepeat) throw new Error(OUTPUT_LOST);
        await delay(FULL_PIPE_RETRY_MS);
      }
    }
  }

  #decreasePending(size: number): void {
    this.#pending -= size;
    this.#pendingDecreased.resolve();
    this.#pendingDecreased = Promise.withResolvers();
  }
}

/** Joins neighboring parts of a kind up to the size of a write. Joining a longer one would copy it. */
function joinNeighbors(parts: readonly Part[]): Part[] {
  const groups: Part[][] = [];
  let length = 0;
  for (const part of parts) {
    const group = groups.at(-1);
    length += part.length;
    if (group !== undefined && typeof group[0] === typeof part && length <= MAX_WRITE_BYTES) {
      group.push(part);
    } else {
      groups.push([part]);
      length = part.length;
    }
  }
  return groups.map(join);
}

/** Joins parts of a kind. */
function join(parts: readonly Part[]): Part {
  const [first = ""] = parts;
  if (parts.length === 1) return first;
  if (typeof first === "string") return parts.join("");
  return concat(parts.filter((part) => typeof part !== "string"));
}
