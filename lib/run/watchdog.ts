import type { PausableClock } from "../util/clock.ts";
import { createDeadline, type Deadline } from "../util/deadline.ts";

/** A limit of a run that can be reached. */
export type TimeLimit = "timeout" | "idle timeout";

/** Options for {@linkcode Watchdog}. */
export interface WatchdogOptions {
  /** The clock of the run, which is paused while the run is suspended. */
  readonly clock: PausableClock;
  /** How long the run may take, in milliseconds. @default no limit */
  readonly timeoutMs?: number | undefined;
  /** How long claude may produce no output, in milliseconds. @default no limit */
  readonly idleTimeoutMs?: number | undefined;
  /** Called once for each of the two that is reached. */
  readonly onTimeout: (limit: TimeLimit, ms: number) => void;
  /** After how long a claude without any output is reported, in milliseconds. @default {60_000} */
  readonly silenceMs?: number | undefined;
  /** Called with the time that claude has produced no output, and again whenever that time doubles. */
  readonly onSilence?: (ms: number) => void;
}

/** After how long a claude without any output is reported, in milliseconds. It starts in seconds. */
const DEFAULT_SILENCE_MS = 60_000;

/** Watches the time limits of a run. */
export class Watchdog {
  #options: WatchdogOptions;
  #total: Deadline | undefined;
  #idle: Deadline | undefined;
  #firstOutput: Deadline | undefined;
  #exit: Deadline | undefined;
  #busyReaders = 0;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    const { timeoutMs: ms, onTimeout } = options;
    if (ms) this.#total = this.#startDeadline(ms, () => onTimeout("timeout", ms));
  }

  /** Starts the limit on claude's silence, and reports a claude without any output. */
  expectOutput(): void {
    const { idleTimeoutMs: ms, silenceMs = DEFAULT_SILENCE_MS, onTimeout } = this.#options;
    this.#expectFirstOutput(silenceMs, silenceMs);
    if (!ms) return;
    const shouldRestart = () => this.#busyReaders > 0;
    this.#idle = this.#startDeadline(ms, () => onTimeout("idle timeout", ms), shouldRestart);
  }

  /**
   * Notes that claude produced output.
   *
   * @param extraMs how long claude has announced to be silent, in milliseconds
   */
  noteOutput(extraMs = 0): void {
    this.#idle?.reset(extraMs);
    this.#firstOutput?.clear();
  }

  /**
   * Waits for a slow reader. Claude has to wait, too, so this time does not count as silence.
   *
   * @param ready resolves when the reader has room
   */
  async waitForReader(ready: void | Promise<void>): Promise<void> {
    this.#busyReaders++;
    try {
      await ready;
    } finally {
      this.#busyReaders--;
      this.noteOutput();
    }
  }

  /** Calls `onLate` if claude has not exited in `ms` milliseconds. Replaces an earlier expectation. */
  expectExit(ms: number, onLate: () => void): void {
    this.cancelExpectedExit();
    this.#exit = this.#startDeadline(ms, onLate);
  }

  /** Cancels {@linkcode expectExit}. */
  cancelExpectedExit(): void {
    this.#exit?.clear();
  }

  /** Cancels all limits. */
  close(): void {
    for (const deadline of [this.#total, this.#idle, this.#firstOutput, this.#exit]) {
      deadline?.clear();
    }
  }

  /** Reports after `ms` milliseconds that claude has been silent for `silenceMs`. */
  #expectFirstOutput(ms: number, silenceMs: number): void {
    this.#firstOutput = this.#startDeadline(ms, () => {
      this.#options.onSilence?.(silenceMs);
      this.#expectFirstOutput(silenceMs, 2 * silenceMs);
    });
  }

  #startDeadline(ms: number, onReached: () => void, shouldRestart?: () => boolean): Deadline {
    return createDeadline({ ms, clock: this.#options.clock, onReached, shouldRestart });
  }
}
