/** Rejects with a `TimeoutError` if `promise` does not settle within `ms`. */
export function deadline<T>(promise: Promise<T>, ms: number): Promise<T>;

export interface DelayOptions {
  /** Rejects the promise with the reason of the signal. */
  signal?: AbortSignal;
}
export function delay(ms: number, options?: DelayOptions): Promise<void>;
