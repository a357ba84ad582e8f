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
 * descendant may hold the pipe open, and write to it, for as long as it likes.
 */
export function closeAfterExit(
  source: ReadableStream<Uint8Array>,
  exited: Promise<unknown>,
): ReadableStream<Uint8Array> {
  const reader = source.getReader({ mode: "byob" });
  let buffer = new Uint8Array(CHUNK_BYTES);
  let isWaiting = false;
  let isClosed = false;
  let chunks = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const checkAfterExit = () => {
    if (isClosed) return;
    let chunksBefore = chunks;
    let waitingChecks = 0;
    timer = setInterval(() => {
      const isSilent = chunks === chunksBefore;
      chunksBefore = chunks;
      if (!isWaiting) return;
      waitingChecks++;
      if (!isSilent && waitingChecks < MAX_WAITING_CHECKS) return;
      clearInterval(timer);
      reader.cancel().catch(() => {});
    }, CHECK_INTERVAL_MS);
    // A stream that is not read must not keep the program alive.
    Deno.unrefTimer(timer);
  };
  exited.then(checkAfterExit);

  const close = () => {
    isClosed = true;
    clearInterval(timer);
  };
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_BYTES,
    async pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view;
      if (!request || !view) return;
      isWaiting = true;
      const { value } = await reader.read(buffer.subarray(0, view.byteLength))
        .catch(() => ({ value: undefined }));
      isWaiting = false;
      if (value === undefined || value.length === 0) {
        close();
        controller.close();
        request.respond(0);
        return;
      }
      chunks++;
      new Uint8Array(view.buffer, view.byteOffset).set(value);
      buffer = new Uint8Array(value.buffer);
      request.respond(value.length);
    },
    cancel(reason) {
      close();
      return reader.cancel(reason);
    },
  });
}
