/**
 * Passes the items of a stream on until the signal is aborted. Those that were not passed on stay in the
 * stream, for its next reader.
 *
 * @param onItem receives each item; the next one is read when the returned promise resolves
 * @returns whether the stream has ended
 *
 * @example
 * ```ts
 * import { readUntilAborted } from "./read_until_aborted.ts";
 *
 * const stream = ReadableStream.from(["a", "b", "c"]);
 * const stop = new AbortController();
 * await readUntilAborted(stream, stop.signal, (item) => {
 *   if (item === "b") stop.abort();
 * });
 * console.log(await Array.fromAsync(stream)); // ["c"]
 * ```
 */
export async function readUntilAborted<T>(
  stream: ReadableStream<T>,
  signal: AbortSignal,
  onItem: (item: T) => void | Promise<void>,
): Promise<boolean> {
  const reader = stream.getReader();
  // A read that waits for an item is rejected.
  const stop = () => reader.releaseLock();
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (!signal.aborted) {
      const next = await reader.read().catch((error) => {
        if (!signal.aborted) throw error;
      });
      if (next === undefined) return false;
      if (next.done) return true;
      const passed = onItem(next.value);
      if (passed !== undefined) await passed;
    }
    return false;
  } finally {
    signal.removeEventListener("abort", stop);
    reader.releaseLock();
  }
}
