/**
 * A child's pipes, which others may hold open when it has ended.
 *
 * @module
 */

/** Writes a text to a child's stdin and closes it. */
export async function writeStdin(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // It ended, or closed its stdin, before it had read everything: its own
    // output and exit code say why.
  }
}

/** How long a pipe may stay silent after its child has ended, until it counts as ended too. */
const SILENCE_AFTER_END_MS = 250;

/**
 * How often a read may be found waiting after that: what the child wrote is in the
 * pipe and comes at once, so what is waited for is somebody else's.
 */
const MAX_WAITS_AFTER_END = 8;

/** Waits for a pipe of a child that has ended, but not for whoever else holds it open. */
export async function waitBriefly(pipe: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SILENCE_AFTER_END_MS);
  });
  await Promise.race([pipe, silence]);
  clearTimeout(timer);
}

/**
 * A child's pipe that also ends when the child has ended and what it wrote is read:
 * a process that it left behind may hold the pipe open, and write to it, for ever.
 *
 * @param onRead is called for each chunk
 */
export function closeAfterExit(
  source: ReadableStream<Uint8Array>,
  ended: Promise<unknown>,
  onRead: () => void,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let isWaiting = false;
  let reads = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  ended.then(() => {
    let before = reads;
    let waits = 0;
    timer = setInterval(() => {
      if (isWaiting) waits++;
      if (isWaiting && (reads === before || waits >= MAX_WAITS_AFTER_END)) {
        clearInterval(timer);
        reader.cancel().catch(() => {});
      }
      before = reads;
    }, SILENCE_AFTER_END_MS);
    // Who waits is a reader; without one, the program may end.
    Deno.unrefTimer(timer);
    if (reads < 0) clearInterval(timer);
  });
  const finish = () => {
    reads = -1;
    clearInterval(timer);
  };
  return new ReadableStream({
    async pull(controller) {
      isWaiting = true;
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      isWaiting = false;
      if (done || value === undefined) {
        finish();
        controller.close();
      } else {
        reads++;
        onRead();
        controller.enqueue(value);
      }
    },
    cancel(reason) {
      finish();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
