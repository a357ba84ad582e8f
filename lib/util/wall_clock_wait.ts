import { delay } from "@std/async/delay";

/** Options for {@linkcode WallClockWait}. */
export interface WallClockWaitOptions {
  /** When the wait ends, in milliseconds since 1970. */
  readonly until: number;
  /** Returns the time of day, in milliseconds since 1970. @default {Date.now} */
  readonly wallClock?: () => number;
  /** Returns a time that never jumps, in milliseconds. @default {performance.now} */
  readonly clock?: () => number;
  /** Waits for some milliseconds, or until the signal is aborted. @default {a timer} */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How often the clocks are compared, in milliseconds. */
const CHECK_MS = 5_000;

/**
 * A wait until a time of day. It is over when the time of day is reached, even if the computer was suspended
 * meanwhile, or when it has lasted as long as it should, even if the time of day was set back.
 *
 * @example
 * ```ts
 * import { WallClockWait } from "./wall_clock_wait.ts";
 *
 * const wait = new WallClockWait({ until: Date.now() + 20 });
 * console.log(await wait.waitFor(1_000, new AbortController().signal)); // true
 * ```
 */
export class WallClockWait {
  readonly #until: number;
  readonly #wallClock: () => number;
  readonly #clock: () => number;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** When the wait ends, by the clock that never jumps. */
  readonly #end: number;

  constructor(options: WallClockWaitOptions) {
    const { until, wallClock = Date.now, clock = () => performance.now(), sleep = pause } = options;
    this.#until = until;
    this.#wallClock = wallClock;
    this.#clock = clock;
    this.#sleep = sleep;
    this.#end = clock() + until - wallClock();
  }

  /** The time that is left, in milliseconds; 0 or less when the wait is over. */
  get remainingMs(): number {
    return Math.min(this.#until - this.#wallClock(), this.#end - this.#clock());
  }

  /**
   * Waits for at most `ms` milliseconds, or until the signal is aborted.
   *
   * @returns whether the wait is over
   */
  async waitFor(ms: number, signal: AbortSignal): Promise<boolean> {
    const pauseEnd = this.#clock() + ms;
    while (!signal.aborted && this.remainingMs > 0) {
      const left = pauseEnd - this.#clock();
      if (left <= 0) return false;
      await this.#sleep(Math.ceil(Math.min(left, this.remainingMs, CHECK_MS)), signal);
    }
    return !signal.aborted;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, { signal }).catch(() => {});
}
