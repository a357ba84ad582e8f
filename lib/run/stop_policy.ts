import type { Failure } from "../errors.ts";
import type { StopReason } from "./stop_reason.ts";

/**
 * Where a run stands:
 * - `preparing`: claude does not run yet
 * - `working`: a turn or a background task is in progress
 * - `idle`: the last result is in, and nothing is in progress
 * - `exited`: claude has exited
 * - `ended`: the run has ended, or its reader has left
 */
export type RunPhase = "preparing" | "working" | "idle" | "exited" | "ended";

/** A stop of a run: the reason that counts so far, and whether the last result was in by then. */
export interface Stop {
  readonly reason: StopReason;
  readonly isAfterResult: boolean;
}

/**
 * Returns the stop that counts when another reason arrives. The first reason wins. After the last result
 * only a signal changes the outcome, and after the exit only a signal is accepted.
 *
 * @returns `current` if the new reason does not count
 */
export function rankStop(
  current: Stop | undefined,
  reason: StopReason,
  phase: RunPhase,
): Stop | undefined {
  if (phase === "ended") return undefined;
  const isSignal = reason.signal !== undefined;
  if (current !== undefined) {
    return isSignal && failureOfStop(current) === undefined ? { ...current, reason } : current;
  }
  if (phase === "exited" && !isSignal) return undefined;
  return { reason, isAfterResult: phase === "idle" || phase === "exited" };
}

/** Returns the failure that a stop makes of the run: none if the result was in and no signal arrived. */
export function failureOfStop(stop: Stop | undefined): Failure | undefined {
  if (stop === undefined) return undefined;
  return stop.isAfterResult && stop.reason.signal === undefined ? undefined : stop.reason.failure;
}
