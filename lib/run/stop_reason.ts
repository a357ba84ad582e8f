import type { Failure } from "../errors.ts";
import type { EndingSignal } from "../exit_codes.ts";

/** Why a run is stopped. */
export interface StopReason {
  /** The failure that this makes. */
  readonly failure: Failure;
  /** The signal that ccrun got. */
  readonly signal?: EndingSignal | undefined;
}

/** The cause where nobody gives one. */
export const STOPPED_BY_CALLER: StopReason = {
  failure: { kind: "interrupt", message: "the run was stopped" },
};

/** Why a signal was aborted: its reason, where that is a cause. */
export function stopReasonOf(signal: AbortSignal | undefined): StopReason {
  const reason: unknown = signal?.reason;
  const isCause = typeof reason === "object" && reason !== null && "failure" in reason;
  return isCause ? reason as StopReason : STOPPED_BY_CALLER;
}
