import { createPausableClock, type PausableClock } from "../util/clock.ts";
import { createDeadline, type Deadline } from "../util/deadline.ts";

/** Options for {@linkcode Watchdog}. */
export interface WatchdogOptions {
  /** How long the run may take, in milliseconds. @default no limit */
  readonly timeoutMs?: number | undefined;
  /** How long claude may produce no output, in milliseconds. @default no limit */
  readonly idleTimeoutMs?: number | undefined;
  /** Is called once when one of the two is reached. */
  readonly onTimeout: (limit: "timeout" | "idle timeout", ms: number) => void;
  /** Returns whether the reader of the run keeps claude waiting, so that its silence does not count. */
  readonly isReaderBusy: () => boolean;
}

/** Watches the time limits of a run. Its clock stands still while the run is suspended. */
export class Watchdog {
  #options: WatchdogOptions;
  #clock: PausableClock = createPausableClock();
  #total: Deadline | undefined;
  #idle: Deadline | undefined;
  #exit: Deadline | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    const { timeoutMs, onTimeout } = options;
    if (timeoutMs) {
      this.#total = this.#startDeadline(timeoutMs, () => onTimeout("timeout", timeoutMs));
    }
  }

  /** How long the run has taken, in milliseconds, without the time in which it was suspended. */
  now(): number {
    return this.#clock.now();
  }

  /** Stops the clock. */
  suspend(): void {
    this.#clock.pause();
  }

  /** Lets the clock run again. */
  resume(): void {
    this.#clock.resume();
  }

  /** Starts the limit on claude's silence. */
  expectOutput(): void {
    const { idleTimeoutMs: ms, onTimeout, isReaderBusy } = this.#options;
    if (!ms) return;
    this.#idle = this.#startDeadline(ms, () => onTimeout("idle timeout", ms), isReaderBusy);
  }

  /**
   * Notes that claude produced output.
   *
   * @param extraMs how long claude has announced to be silent, in milliseconds
   */
  noteOutput(extraMs = 0): void {
    this.#idle?.reset(extraMs);
  }

  /** Calls `onLate` if claude has not exited in `ms` milliseconds. Replaces an earlier expectation. */
  expectExit(ms: number, onLate: () => void): void {
    this.#exit?.clear();
    this.#exit = this.#startDeadline(ms, onLate);
  }

  /** Gives claude as long as it needs to exit. */
  cancelExpectedExit(): void {
    this.#exit?.clear();
  }

  /** Ends all limits. */
  close(): void {
    for (const deadline of [this.#total, this.#idle, this.#exit]) deadline?.clear();
  }

  #startDeadline(ms: number, onReached: () => void, isSuspended?: () => boolean): Deadline {
    return createDeadline({
      ms,
      clock: this.#clock,
      onReached,
      ...(isSuspended === undefined ? {} : { isSuspended }),
    });
  }
}
