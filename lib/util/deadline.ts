import { createPausableClock, type PausableClock } from "./clock.ts";

/** Options for {@linkcode createDeadline}. */
export interface DeadlineOptions {
  /** The time until the deadline, in milliseconds. */
  readonly ms: number;
  /** The clock that measures it. @default {a new clock} */
  readonly clock?: PausableClock;
  /** Called once when the deadline is reached. */
  readonly onReached: () => void;
  /** Returns whether to restart the deadline instead of reaching it. @default {never} */
  readonly shouldRestart?: (() => boolean) | undefined;
}

/** A limit on the time until something happens. */
export interface Deadline {
  /**
   * Restarts the deadline.
   *
   * @param extraMs additional time until the deadline, in milliseconds. @default {0}
   */
  reset(extraMs?: number): void;
  /** Cancels the deadline. */
  clear(): void;
}

/** The longest delay of a timer. A longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How often a deadline checks whether a paused clock runs again, in milliseconds. */
const PAUSE_POLL_MS = 100;

/**
 * Creates a deadline. `reset` is cheap enough to be called for every chunk of a stream: it starts no
 * timer, because the running one computes the remaining time when it fires.
 *
 * @example
 * ```ts
 * import { createDeadline } from "./deadline.ts";
 *
 * const deadline = createDeadline({
 *   ms: 60_000,
 *   onReached: () => console.log("no output for a minute"),
 * });
 * deadline.reset();
 * deadline.clear();
 * ```
 */
export function createDeadline(options: DeadlineOptions): Deadline {
  const { ms, clock = createPausableClock(), onReached, shouldRestart = () => false } = options;
  let startedAt = clock.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const checkIn = (delayMs: number) => {
    timer = setTimeout(check, Math.min(Math.max(delayMs, 1), MAX_TIMER_MS));
  };
  function check(): void {
    if (clock.isPaused) return checkIn(PAUSE_POLL_MS);
    if (shouldRestart()) startedAt = clock.now();
    const remainingMs = startedAt + ms - clock.now();
    if (remainingMs > 0) checkIn(remainingMs);
    else onReached();
  }
  checkIn(ms);
  return {
    reset(extraMs = 0) {
      // A reset without extra time must not undo the extra time of an earlier one.
      startedAt = Math.max(startedAt, clock.now() + extraMs);
    },
    clear() {
      clearTimeout(timer);
    },
  };
}
