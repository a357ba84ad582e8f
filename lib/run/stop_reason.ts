import type { Failure } from "../errors.ts";
import type { StopSignal } from "../exit_codes.ts";

/** Why a run is stopped. An `AbortSignal` carries it as its reason. */
export interface StopReason {
  /** The failure that the run ends with. */
  readonly failure: Failure;
  /** The signal that ccrun received, if that is why. */
  readonly signal?: StopSignal | undefined;
}

/** The default reason. */
export const STOPPED_BY_CALLER: StopReason = {
  failure: { kind: "interrupt", message: "the run was stopped" },
};

/** Returns the stop reason of an aborted signal. Replaces a reason of another type. */
export function stopReasonOf(signal: AbortSignal | undefined): StopReason {
  const reason: unknown = signal?.reason;
  const isStopReason = typeof reason === "object" && reason !== null && "failure" in reason;
  return isStopReason ? reason as StopReason : STOPPED_BY_CALLER;
}
