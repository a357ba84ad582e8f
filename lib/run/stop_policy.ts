import type { Failure } from "../errors.ts";
import type { StopReason } from "./stop_reason.ts";

/**
 * The phases of a run:
 * - `preparing`: claude does not run yet
 * - `working`: a turn or a background task is in progress
 * - `idle`: the last result is in, and nothing is in progress
 * - `exited`: claude has exited
 * - `ended`: the run has ended, or its reader has left
 */
export type RunPhase = "preparing" | "working" | "idle" | "exited" | "ended";

/** What stops a run: a reason from outside, or a failure in ccrun. */
export interface StopCause extends StopReason {
  /** Whether ccrun has failed. @default {false} */
  readonly ccrunFailed?: boolean;
}

/** A stop of a run. */
export interface Stop {
  /** The cause that counts. */
  readonly cause: StopCause;
  /** Whether the last result was in when the first cause arrived. */
  readonly isAfterResult: boolean;
  /** The failure that the run ends with; undefined if the result remains valid. */
  readonly failure: Failure | undefined;
}

/**
 * Returns the stop that counts when another cause arrives. The first cause wins. After the last result
 * only a signal or a failure in ccrun changes the outcome, and after the exit nothing else is accepted.
 *
 * @returns `current` if the new cause does not count; undefined if the run has ended
 */
export function nextStop(
  current: Stop | undefined,
  cause: StopCause,
  phase: RunPhase,
): Stop | undefined {
  if (phase === "ended") return undefined;
  if (current?.failure !== undefined) return current;
  const isAfterResult = current?.isAfterResult ?? (phase === "idle" || phase === "exited");
  if (!isAfterResult || cause.signal !== undefined || cause.ccrunFailed) {
    return { cause, isAfterResult, failure: cause.failure };
  }
  if (current !== undefined || phase === "exited") return current;
  return { cause, isAfterResult, failure: undefined };
}
