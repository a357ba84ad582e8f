/** Batches of which the first ones are asked for already. */
export interface Begun<T> extends AsyncIterable<T> {
  /** Resolves when they are there, or will not come. */
  readonly begun: Promise<unknown>;
  /** Ends what makes them, also when nobody has read them. Resolves when it has cleaned up. */
  close(): Promise<void>;
}

/** The start comes by itself; what follows it comes when claude runs. */
const FIRST_BATCHES = 2;

/**
 * Begins a run before anybody reads it: claude starts while what reads it is still being loaded. It
 * has to be closed in the end.
 */
export function begin<T>(batches: AsyncGenerator<T, void, void>): Begun<T> {
  const first = Array.from({ length: FIRST_BATCHES }, () => batches.next());
  return {
    // What went wrong is told to who reads.
    begun: Promise.allSettled(first),
    async close() {
      await batches.return();
    },
    async *[Symbol.asyncIterator]() {
      for (const next of first) {
        const { done, value } = await next;
        if (done) return;
        yield value;
      }
      yield* batches;
    },
  };
}
