import type { Failure } from "../errors.ts";

/** Everything that can make a run fail. */
export interface OutcomeInput {
  /** ccrun itself failed, for example because a file could not be written. */
  readonly internal?: Failure | undefined;
  /** ccrun stopped the run. */
  readonly stopped?: Failure | undefined;
  /** There is no result, or it is not a success. */
  readonly failed?: Failure | undefined;
  /** Structured output was requested and is missing. */
  readonly missingOutput?: Failure | undefined;
  /** A tool call was denied, and that fails the run. */
  readonly denied?: Failure | undefined;
}

/**
 * Returns the failure of a run, or undefined for a success. What ccrun did comes before what claude
 * reported, because claude can report a success after it was stopped.
 */
export function resolveOutcome(input: OutcomeInput): Failure | undefined {
  const { internal, stopped, failed, missingOutput, denied } = input;
  return internal ?? stopped ?? failed ?? missingOutput ?? denied;
}
