import type { Failure } from "../errors.ts";
import type { StopReason } from "./stop_reason.ts";

/** What is known when a run is over. */
export interface OutcomeInput {
  /** A fault of ccrun's own. */
  internal?: Failure | undefined;
  /** Why ccrun stopped claude, when it did. */
  stopped?: {
    /** The first cause. */
    cause: StopReason;
    /** Whether the last result was in by then, and nothing was under way any more. */
    afterResult: boolean;
  } | undefined;
  /** Why the result is none, or no success. */
  failed?: Failure | undefined;
  /** A structured output was asked for and did not come. */
  missingOutput?: Failure | undefined;
  /** A tool was refused, where that makes a run fail. */
  denied?: Failure | undefined;
}

/**
 * Which of several failures is the run's. What ccrun did comes before what claude
 * says after it, for that is not the outcome; once the last result is in, only a
 * signal still changes it.
 *
 * @returns undefined for a success
 */
export function resolveOutcome(ending: OutcomeInput): Failure | undefined {
  const { internal, stopped, failed, missingOutput, denied } = ending;
  const counts = stopped !== undefined &&
    (!stopped.afterResult || stopped.cause.signal !== undefined);
  return internal ?? (counts ? stopped.cause.failure : undefined) ?? failed ?? missingOutput ??
    denied;
}
