/** Rejects with a `TimeoutError` if `promise` does not settle within `ms`. */
export function deadline<T>(promise: Promise<T>, ms: number): Promise<T>;

export interface DelayOptions {
  /** Rejects the promise with the reason of the signal. */
  signal?: AbortSignal;
}
export function delay(ms: number, options?: DelayOptions): Promise<void>;

/** Maps values with a limit of concurrent calls. The results keep the order of the values. */
export function pooledMap<T, R>(
  poolLimit: number,
  array: Iterable<T> | AsyncIterable<T>,
  iteratorFn: (data: T) => Promise<R>,
): AsyncIterableIterator<R>;
