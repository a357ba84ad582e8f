/**
 * Where an output's bytes go.
 *
 * `write` never waits: it appends to a buffer that leaves as soon as who writes gives way, so that
 * the lines of one chunk leave together and no line waits for the next one. `drained` is the
 * backpressure: who writes in a loop awaits it when `pending` is high, but not to the last byte, so
 * that there is something to write while more is made.
 */
export interface BufferedWriter {
  /** Appends text. */
  write(text: string): void;
  /** Appends bytes, unchanged. */
  writeBytes(bytes: Uint8Array): void;
  /** How much is appended and not written yet, in characters and bytes together. */
  readonly pending: number;
  /**
   * Writes what is appended, and resolves when no more than so much of it is pending. Never rejects.
   *
   * @param rest as `pending` counts it. @default {0}
   */
  flush(rest?: number): Promise<void>;
  /** Why nothing can be written any more, once that is so. What is appended then is dropped. */
  readonly failure: Error | undefined;
}

/** What a sink writes to: stdout, stderr or a file. */
export interface ByteWriter {
  /** Writes some of the bytes and gives their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Lets sinks that write to one place do so one after the other, so that no line lands within another. */
export interface WriteMutex {
  /** Does a work when those before it are done. */
  take(work: () => Promise<void>): Promise<void>;
}

/** Makes {@linkcode WriteMutex}. */
export function createWriteMutex(): WriteMutex {
  let last = Promise.resolve();
  return {
    take(work) {
      const done = last.then(work);
      last = done.catch(() => {});
      return done;
    },
  };
}

/** How long a full pipe is left alone before it is tried again. */
const FULL_PIPE_MS = 5;

/**
 * As much as a pipe takes whole or not at all (PIPE_BUF). Who shares stdout with us may have made it
 * non-blocking (Node does so with pipes); then a full pipe is an error, and not the end. Of a longer
 * piece it has taken a part, and for stdout Deno does not say how much: to try that again would
 * double it.
 */
const WHOLE_BYTES = 4096;

/** Where much is to be written, a write of this size is worth the while: 300 MB/s instead of 27. */
const LARGE_BYTES = 256 * 1024;

/** More than this within a time is much, in bytes and milliseconds: no session of a model's writes so fast. */
const MUCH_BYTES = 1024 * 1024;
const MUCH_MS = 1000;

/** Options of {@linkcode createBufferedWriter}. */
export interface BufferedWriterOptions {
  /** Is called once, when a write fails. */
  onFailure?: ((error: Error) => void) | undefined;
  /** Keeps its writes apart from those of others; each is of whole lines then. */
  turns?: WriteMutex | undefined;
  /** Whether a write that fails has written nothing, as with stderr, but not with stdout. @default {false} */
  isExact?: boolean;
  /**
   * Tells whether the writer waits where it is full. Is asked when there is much to write.
   *
   * @default never
   */
  blocks?: (() => Promise<boolean>) | undefined;
}

/**
 * Makes a sink.
 *
 * @param writer takes the bytes
 *
 * @example
 * ```ts
 * import { createBufferedWriter } from "./buffered_writer.ts";
 *
 * const sink = createBufferedWriter(Deno.stderr, { isExact: true });
 * sink.write("hello\n");
 * await sink.flush();
 * ```
 */
export function createBufferedWriter(
  writer: ByteWriter,
  options: BufferedWriterOptions = {},
): BufferedWriter {
  const { onFailure, turns, isExact = false, blocks } = options;
  const encoder = new TextEncoder();
  let parts: (string | Uint8Array)[] = [];
  let text = "";
  let pending = 0;
  let failure: Error | undefined;
  let isScheduled = false;
  let recent = { since: 0, size: 0 };
  let writing: Promise<void> | undefined;
  let progress: PromiseWithResolvers<void> | undefined;

  /** So much less is pending. */
  const settle = (size: number) => {
    pending -= size;
    progress?.resolve();
    progress = undefined;
  };
  const takeText = () => {
    if (text === "") return;
    parts.push(text);
    text = "";
  };
  /** Writes some of the bytes. */
  const writeSome = async (bytes: Uint8Array): Promise<number> => {
    while (true) {
      try {
        return await writer.write(bytes);
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        if (!isExact && bytes.length > WHOLE_BYTES) throw new Error(NOT_BLOCKING);
        await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_MS));
      }
    }
  };
  const writePending = async () => {
    const now = performance.now();
    if (now - recent.since > MUCH_MS) recent = { since: now, size: 0 };
    recent.size += pending;
    const isMuch = recent.size > MUCH_BYTES;
    takeText();
    const taken = parts;
    parts = [];
    for (const part of taken) {
      for (const bytes of typeof part === "string" ? encoded(part, encoder) : [part]) {
        for (let at = 0; at < bytes.length;) {
          const isLarge = isMuch && (isExact || await blocks?.());
          at += await writeSome(bytes.subarray(at, at + (isLarge ? LARGE_BYTES : WHOLE_BYTES)));
        }
      }
      settle(part.length);
    }
  };
  const writeOut = async () => {
    try {
      while (pending > 0) await (turns === undefined ? writePending() : turns.take(writePending));
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      parts = [];
      text = "";
      settle(pending);
      onFailure?.(failure);
    }
    writing = undefined;
  };
  const start = () => {
    isScheduled = false;
    writing ??= pending > 0 ? writeOut() : undefined;
  };
  const append = (size: number) => {
    pending += size;
    if (isScheduled || writing !== undefined) return;
    isScheduled = true;
    // A chunk's lines are written at one go. A turn of the event loop more is 0.1 ms for each of them.
    queueMicrotask(start);
  };
  return {
    write(more) {
      if (failure !== undefined || more === "") return;
      if (more.length > LARGE_BYTES) {
        // By itself: to join it with others would copy it.
        takeText();
        parts.push(more);
      } else text += more;
      append(more.length);
    },
    writeBytes(bytes) {
      if (failure !== undefined || bytes.length === 0) return;
      takeText();
      parts.push(bytes);
      append(bytes.length);
    },
    get pending() {
      return pending;
    },
    async flush(rest = 0) {
      while (pending > rest) {
        start();
        progress ??= Promise.withResolvers();
        await progress.promise;
      }
    },
    get failure() {
      return failure;
    },
  };
}

/** What is said when a large write has found a full pipe after all. */
const NOT_BLOCKING = "another program that has it made it non-blocking, and some of what was " +
  "written is lost: let each have a pipe of its own, as with ccrun ... | cat";

/** A text's bytes, in pieces: all at once they would take as much memory again as a huge text. */
function* encoded(text: string, encoder: TextEncoder): Generator<Uint8Array> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + LARGE_BYTES);
    // Both halves of a character stay together.
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to--;
    yield encoder.encode(text.slice(from, to));
    from = to;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
