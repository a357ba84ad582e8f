/**
 * How a run ends: the reasons, the exit code of each, and which of them it is
 * when several things went wrong.
 *
 * @module
 */

/** Every way a run can end, and its exit code. This is the one table. */
export const EXIT_CODES = {
  success: 0,
  failed: 1,
  usage: 2,
  auth: 3,
  api: 4,
  limit: 5,
  output: 6,
  denied: 7,
  internal: 70,
  timeout: 124,
  not_executable: 126,
  not_found: 127,
  hangup: 129,
  interrupt: 130,
  quit: 131,
  pipe: 141,
  terminate: 143,
} as const;

/** How a run ended, in a word. */
export type ExitReason = keyof typeof EXIT_CODES;

/** How a run failed, in a word. */
export type FailureReason = Exclude<ExitReason, "success">;

/** All reasons. */
export const EXIT_REASONS = Object.keys(EXIT_CODES) as readonly ExitReason[];

/** All reasons but success. */
export const FAILURE_REASONS = EXIT_REASONS.filter((reason) =>
  reason !== "success"
) as readonly FailureReason[];

/** Signals that end a run, and the reason they give. */
export const SIGNAL_REASONS = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGTERM: "terminate",
} as const satisfies { [signal: string]: ExitReason };

/** A signal that ends a run. */
export type EndingSignal = keyof typeof SIGNAL_REASONS;

/** A failure in words: what {@linkcode CcrunError} and the `error` event carry. */
export interface Failure {
  /** The reason, which gives the exit code. */
  readonly kind: FailureReason;
  /** What happened, in one line. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/**
 * An error that a person can meet.
 *
 * @example
 * ```ts
 * import { CcrunError } from "./outcome.ts";
 *
 * const error = new CcrunError("usage", "there is no prompt", "ccrun 'what to do'");
 * console.log(error.kind, error.exitCode); // usage 2
 * ```
 */
export class CcrunError extends Error implements Failure {
  override readonly name = "CcrunError";
  readonly kind: FailureReason;
  readonly hint?: string;

  constructor(
    kind: FailureReason,
    message: string,
    hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.kind = kind;
    if (hint !== undefined) this.hint = hint;
  }

  /** The exit code that it gives. */
  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** Why a run is arm. */
export interface StopReason {
  /** The failure that this makes. */
  readonly failure: Failure;
  /** The signal that ccrun got. */
  readonly signal?: EndingSignal | undefined;
}

/** What is known when a run is over. */
export interface OutcomeInput {
  /** A fault of ccrun's own. */
  internal?: Failure | undefined;
  /** Why ccrun arm claude, when it did. */
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

/** Any error as a failure: a known one as it is, another one as a fault of ccrun's. */
export function asFailure(error: unknown): Failure {
  if (error instanceof CcrunError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: "internal",
    message: `a fault of ccrun's: ${message}`,
    hint: "report it with what CCRUN_DEBUG=1 adds: https://github.com/ccrun/ccrun/issues",
  };
}
