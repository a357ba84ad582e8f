/** Options of {@linkcode Channel}. */
export interface ChannelOptions {
  /** The size of what may wait until {@linkcode Channel.isFull}. @default {4194304} */
  limit?: number;
}

/** In bytes or characters: many events of a usual size, or a few large ones. */
const DEFAULT_LIMIT = 4 * 1024 * 1024;

/**
 * A queue between several producers and one consumer, with backpressure.
 *
 * @example
 * ```ts
 * import { Channel } from "./channel.ts";
 *
 * const channel = new Channel<number>();
 * channel.push(1);
 * channel.close();
 * for await (const items of channel) console.log(items); // [ 1 ]
 * ```
 */
export class Channel<T> implements AsyncIterable<T[]> {
  #items: T[] = [];
  #size = 0;
  #closed = false;
  #limit: number;
  #wake: (() => void) | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(options: ChannelOptions = {}) {
    this.#limit = options.limit ?? DEFAULT_LIMIT;
  }

  /**
   * Appends an item. After {@linkcode close} it is dropped. Whoever produces in a loop
   * awaits {@linkcode room}.
   *
   * @param size how much of the limit it takes
   */
  push(item: T, size = 1): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#size += size;
    this.#wake?.();
  }

  /** Whether as much waits as may. */
  get isFull(): boolean {
    return this.#size >= this.#limit;
  }

  /** Whether nothing can be appended any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Resolves when there is room again, or nobody reads any more. */
  room(): Promise<void> {
    if (!this.isFull || this.#closed) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Nothing more comes: the consumer gets what is there and then the end. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
    this.#room?.resolve();
  }

  /** All items that are there, at once, and then again. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T[], void, void> {
    try {
      while (true) {
        if (this.#items.length > 0) {
          const batch = this.#items;
          this.#items = [];
          this.#size = 0;
          this.#room?.resolve();
          this.#room = undefined;
          yield batch;
        } else if (this.#closed) {
          return;
        } else {
          await new Promise<void>((resolve) => this.#wake = resolve);
          this.#wake = undefined;
        }
      }
    } finally {
      this.close();
    }
  }
}
