import type { PausableClock } from "./clock.ts";

/** Options of {@linkcode createDeadline}. */
export interface DeadlineOptions {
  /** How long it is, in milliseconds. */
  readonly ms: number;
  /** The clock that it goes by. */
  readonly clock: PausableClock;
  /** Is called once, when it is reached. */
  readonly onReached: () => void;
  /** Whether time does not count at the moment it would be reached: it begins anew then. */
  readonly isSuspended?: () => boolean;
}

/** A moment by which something has to have happened. */
export interface Deadline {
  /**
   * It has happened: the time begins anew.
   *
   * @param aheadMs how much later, in milliseconds, where nothing can happen before. @default {0}
   */
  reset(aheadMs?: number): void;
  /** It does not matter any more. */
  clear(): void;
}

/** The longest time that a timer takes; more of it would be none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How often it is looked whether a clock goes on, in milliseconds. */
const STANDSTILL_MS = 100;

/**
 * How long a deadline that seems reached is given: who was stopped itself, or had no time, finds
 * what came in the meantime only now.
 */
const SECOND_LOOK_MS = 20;

/**
 * Makes a deadline. To touch it costs next to nothing: its timer finds out by itself how much is
 * left when it goes off.
 *
 * @example
 * ```ts
 * import { createPausableClock } from "./clock.ts";
 * import { createDeadline } from "./deadline.ts";
 *
 * const silence = createDeadline({
 *   ms: 60_000,
 *   clock: createPausableClock(),
 *   onReached: () => console.log("nothing came for a minute"),
 * });
 * silence.reset(); // something came
 * silence.clear();
 * ```
 */
export function createDeadline(options: DeadlineOptions): Deadline {
  const { ms, clock, onReached, isSuspended = () => false } = options;
  let since = clock.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;
  const wait = (time: number) => {
    timer = setTimeout(check, Math.min(Math.max(time, 1), MAX_TIMER_MS));
  };
  function check(): void {
    if (clock.isPaused) {
      isLooking = false;
      return wait(STANDSTILL_MS);
    }
    if (isSuspended()) since = clock.now();
    const left = since + ms - clock.now();
    if (left > 0) {
      isLooking = false;
      wait(left);
    } else if (!isLooking) {
      isLooking = true;
      wait(SECOND_LOOK_MS);
    } else {
      onReached();
    }
  }
  wait(ms);
  return {
    reset(aheadMs = 0) {
      // What is given for a wait is not taken away by a word in the meantime.
      since = Math.max(since, clock.now() + aheadMs);
    },
    clear() {
      clearTimeout(timer);
    },
  };
}
