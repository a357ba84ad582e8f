/**
 * The ways in which a run can end. Help, summary and README read this table.
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

/** When a run ends with each reason. */
export const EXIT_MEANINGS: { readonly [R in ExitReason]: string } = {
  success: "the agent finished its work",
  failed: "the agent ended with an error, or without a result",
  usage: "bad options, no prompt, or an unreadable file",
  auth: "the API refused the key, the login or the payment",
  api: "overloaded, rate limited, unknown model, or server error",
  limit: "--max-turns or --max-budget-usd reached",
  output: "--json-schema given, but no structured output",
  denied: "--fail-on-denied given, and a tool call was denied",
  internal: "a bug in ccrun",
  timeout: "--timeout or --idle-timeout reached",
  not_executable: "claude cannot be executed, or is not Claude Code",
  not_found: "claude cannot be found",
  hangup: "SIGHUP",
  interrupt: "SIGINT, for example Ctrl-C",
  quit: "SIGQUIT",
  pipe: "the reader of stdout closed it",
  terminate: "SIGTERM",
};

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
