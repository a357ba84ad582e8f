import { EXIT_CODES, type FailureReason } from "../exit_codes.ts";
import type { StopReason } from "../run/stop_reason.ts";
import { createPausableClock } from "../util/clock.ts";
import { createDeadline, type Deadline } from "../util/deadline.ts";
import type { Signals } from "./signals.ts";

/**
 * How long the last words of a run that is told to end may wait for somebody to read them, in
 * milliseconds: who does not read does not keep it alive.
 */
const LAST_WORDS_MS = 3000;

/** Ends the program when everything else has failed to. */
export interface ForcedExitTimer {
  /** What runs is told to end: what is left after its grace, ends soon after. */
  stopped(cause: StopReason): void;
  /** What was told to end is killed: there is no grace to wait for any more. */
  hurry(): void;
  /** Its clock stands still, as the run's does. */
  pause(): void;
  /** It goes on. */
  unpause(): void;
  /** It is not needed any more. */
  clear(): void;
}

/**
 * Makes a backstop. It comes in also after the first signal.
 *
 * @param graceMs how long what was told to end may take, in milliseconds
 */
export function createForcedExitTimer(
  { abortSignal: first, exitNow: end }: Signals,
  graceMs: number,
): ForcedExitTimer {
  const clock = createPausableClock();
  const deadlines: Deadline[] = [];
  let reason: FailureReason = "interrupt";
  const endIn = (ms: number) => {
    const onReached = () => end(EXIT_CODES[reason]);
    deadlines.push(createDeadline({ ms: ms + LAST_WORDS_MS, clock, onReached }));
  };
  const stopped = (cause: StopReason) => {
    reason = cause.failure.kind;
    endIn(graceMs);
  };
  const onFirst = () => stopped(first.reason as StopReason);
  if (first.aborted) onFirst();
  else first.addEventListener("abort", onFirst, { once: true });
  return {
    stopped,
    hurry: () => endIn(0),
    pause: () => clock.pause(),
    unpause: () => clock.resume(),
    clear() {
      first.removeEventListener("abort", onFirst);
      for (const deadline of deadlines) deadline.clear();
    },
  };
}
