import { EXIT_CODES, type FailureReason } from "./exit_codes.ts";

/** A failure, as {@linkcode CcrunError} and the `error` event carry it. */
export interface Failure {
  /** The reason, which determines the exit code. */
  readonly kind: FailureReason;
  /** What happened, in one line. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** When the usage limit that caused it is reset, as an RFC 3339 time. */
  readonly resets_at?: string;
}

/**
 * An error that ccrun reports to its user in one line, without a stack trace.
 *
 * @example
 * ```ts
 * import { CcrunError } from "./errors.ts";
 *
 * const error = new CcrunError("usage", "no prompt", "use --prompt or stdin");
 * console.log(error.kind, error.exitCode); // usage 2
 * ```
 */
export class CcrunError extends Error implements Failure {
  /** The name of the class. */
  override readonly name = "CcrunError";
  readonly kind: FailureReason;
  readonly hint?: string;

  /** Creates an error from the fields of a {@linkcode Failure}. */
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

  /** The exit code that belongs to the kind. */
  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/**
 * Returns a {@linkcode CcrunError} unchanged, a missing permission of Deno as a usage failure, and any
 * other error as an internal failure.
 */
export function asFailure(error: unknown): Failure {
  if (error instanceof CcrunError) return error;
  if (error instanceof Deno.errors.NotCapable) return missingPermission(error);
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: "internal",
    message: `internal error: ${message}`,
    hint: "report it with the output of CCRUN_DEBUG=1: https://github.com/ccrun/ccrun/issues",
  };
}

/** Returns the failure for an error such as `Requires env access, run again with the --allow-env flag`. */
function missingPermission({ message }: Deno.errors.NotCapable): Failure {
  const flag = /--allow-[a-z]+/.exec(message)?.[0] ?? "--allow-all";
  const permission = message.replace(/^Requires /, "").replace(/, run again with .*/, "");
  return {
    kind: "usage",
    message: `cannot continue: Deno denies ${permission}`,
    hint: `run Deno with ${flag}`,
  };
}
