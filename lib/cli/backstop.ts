import { EXIT_CODES, type FailureReason } from "../outcome.ts";
import { makeClock } from "../process/clock.ts";
import { type Deadline, makeDeadline } from "../process/deadline.ts";

/**
 * How long the last words of a run that is told to end may wait for somebody to read them, in
 * milliseconds: who does not read does not keep it alive.
 */
const LAST_WORDS_MS = 3000;

/** Ends the program when everything else has failed to. */
export interface Backstop {
  /** The run is to be told to end after so many milliseconds: what is left then, ends soon after. */
  endAfter(ms: number, reason: FailureReason): void;
  /** Its clock stands still, as the run's does. */
  pause(): void;
  /** It goes on. */
  unpause(): void;
  /** It is not needed any more. */
  clear(): void;
}

/**
 * Makes a backstop.
 *
 * @param graceMs how long a run that was told to end may take, in milliseconds
 */
export function makeBackstop(graceMs: number): Backstop {
  const clock = makeClock();
  const deadlines: Deadline[] = [];
  return {
    endAfter(ms, reason) {
      deadlines.push(makeDeadline({
        ms: ms + graceMs + LAST_WORDS_MS,
        clock,
        onReached: () => Deno.exit(EXIT_CODES[reason]),
      }));
    },
    pause: () => clock.stop(),
    unpause: () => clock.go(),
    clear() {
      for (const deadline of deadlines) deadline.clear();
    },
  };
}
