/** How much is read at once, after a chunk that was as long as the first buffer. */
const CHUNK_BYTES = 64 * 1024;

/** The first buffer. Most pipes carry little, and a service has many of them. */
const FIRST_CHUNK_BYTES = 4 * 1024;

/** How often a pipe is checked after its child has exited, in milliseconds. */
const CHECK_INTERVAL_MS = 250;

/**
 * How many checks may find a reader waiting after the exit. What the child wrote is in the pipe and
 * arrives at once, so data that must be waited for comes from another process.
 */
const MAX_WAITING_CHECKS = 8;

/**
 * Returns a child's output pipe as a stream that also ends soon after the child has exited. A
 * descendant may hold the pipe open and write to it much longer.
 */
export function closeAfterExit(
  source: ReadableStream<Uint8Array>,
  exited: Promise<unknown>,
): ReadableStream<Uint8Array> {
  const pipe = new PipeSource(source);
  exited.then(() => pipe.endWhenDrained());
  return new ReadableStream(pipe);
}

/**
 * Returns a pipe as a stream of chunks that are as large as what was read. A stream of Deno's own allocates
 * a large buffer for each read, and V8 does not collect those soon.
 */
export function readPipe(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(new PipeSource(source));
}

/** Reads a pipe into one buffer, and copies the bytes into chunks. */
class PipeSource implements UnderlyingByteSource {
  readonly type = "bytes";
  #reader: ReadableStreamBYOBReader;
  #buffer = new Uint8Array(FIRST_CHUNK_BYTES);
  #isWaiting = false;
  #chunks = 0;
  #isClosed = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(source: ReadableStream<Uint8Array>) {
    this.#reader = source.getReader({ mode: "byob" });
  }

  async pull(controller: ReadableByteStreamController): Promise<void> {
    const chunk = await this.#read();
    if (chunk !== undefined) return controller.enqueue(chunk);
    this.#close();
    controller.close();
    controller.byobRequest?.respond(0);
  }

  async cancel(reason: unknown): Promise<void> {
    this.#close();
    await this.#reader.cancel(reason);
  }

  /** Ends the stream when the pipe has no more data of the child. */
  endWhenDrained(): void {
    if (this.#isClosed) return;
    let chunksBefore = this.#chunks;
    let waitingChecks = 0;
    this.#timer = setInterval(() => {
      const isSilent = this.#chunks === chunksBefore;
      chunksBefore = this.#chunks;
      if (!this.#isWaiting) return;
      waitingChecks++;
      if (!isSilent && waitingChecks < MAX_WAITING_CHECKS) return;
      clearInterval(this.#timer);
      this.#reader.cancel().catch(() => {});
    }, CHECK_INTERVAL_MS);
    // A stream that is not read must not keep the program alive.
    Deno.unrefTimer(this.#timer);
  }

  /** Returns the next bytes, or undefined at the end. */
  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#isWaiting = true;
    const { value } = await this.#reader.read(this.#buffer).catch(() => ({ value: undefined }));
    this.#isWaiting = false;
    if (value === undefined || value.length === 0) return undefined;
    this.#chunks++;
    const chunk = value.slice();
    const isTooSmall = value.buffer.byteLength === chunk.length && chunk.length < CHUNK_BYTES;
    this.#buffer = isTooSmall ? new Uint8Array(CHUNK_BYTES) : new Uint8Array(value.buffer);
    return chunk;
  }

  #close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }
}
