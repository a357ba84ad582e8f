import { EXIT_CODES, type FailureReason } from "./exit_codes.ts";

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
 * import { CcrunError } from "./errors.ts";
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
