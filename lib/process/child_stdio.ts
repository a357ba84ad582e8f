/** How much is read at once. */
const CHUNK_BYTES = 64 * 1024;

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

/** Reads a pipe into one buffer, and copies the bytes into those of the stream. */
class PipeSource implements UnderlyingByteSource {
  readonly type = "bytes";
  readonly autoAllocateChunkSize = CHUNK_BYTES;
  #reader: ReadableStreamBYOBReader;
  #buffer = new Uint8Array(CHUNK_BYTES);
  #isWaiting = false;
  #chunks = 0;
  #isClosed = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(source: ReadableStream<Uint8Array>) {
    this.#reader = source.getReader({ mode: "byob" });
  }

  async pull(controller: ReadableByteStreamController): Promise<void> {
    const request = controller.byobRequest;
    const view = request?.view;
    if (!request || !view) return;
    const chunk = await this.#read(view.byteLength);
    if (chunk === undefined) {
      this.#close();
      controller.close();
      request.respond(0);
      return;
    }
    new Uint8Array(view.buffer, view.byteOffset).set(chunk);
    request.respond(chunk.length);
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
  async #read(maxBytes: number): Promise<Uint8Array | undefined> {
    this.#isWaiting = true;
    const { value } = await this.#reader.read(this.#buffer.subarray(0, maxBytes))
      .catch(() => ({ value: undefined }));
    this.#isWaiting = false;
    if (value === undefined || value.length === 0) return undefined;
    this.#chunks++;
    this.#buffer = new Uint8Array(value.buffer);
    return value;
  }

  #close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }
}
