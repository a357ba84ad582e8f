/**
 * The reasons for which a run can end, with their exit codes and meanings.
 *
 * @module
 */

/** The exit code of each reason. */
export const EXIT_CODES = {
  success: 0,
  failed: 1,
  usage: 2,
  auth: 3,
  api: 4,
  limit: 5,
  output: 6,
  denied: 7,
  quota: 8,
  refused: 9,
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

/** Why a run ended, in a word. */
export type ExitReason = keyof typeof EXIT_CODES;

/** The meaning of each reason in one line, as the help and the summary print it. */
export const EXIT_MEANINGS: { readonly [R in ExitReason]: string } = {
  success: "the agent finished its work",
  failed: "an error, no result, or work that was not done",
  usage: "bad options, no prompt, unreadable file, unknown session",
  auth: "the API refused the key, the login or the payment",
  api: "overloaded, bad request, unknown model, connection lost",
  limit: "--max-turns or --max-budget-usd reached",
  output: "--json-schema given, but no structured output",
  denied: "--fail-on-denied given, and a tool call was denied",
  quota: "the usage limit of the plan is reached",
  refused: "the model declined",
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

/** Why a run failed, in a word. */
export type FailureReason = Exclude<ExitReason, "success">;

export const EXIT_REASONS = Object.keys(EXIT_CODES) as readonly ExitReason[];

export const FAILURE_REASONS: readonly FailureReason[] = EXIT_REASONS.filter((reason) =>
  reason !== "success"
);

/** A signal that stops a run. */
export type StopSignal = "SIGHUP" | "SIGINT" | "SIGQUIT" | "SIGTERM";

/** The reason that each signal gives. */
export const SIGNAL_REASONS: { readonly [S in StopSignal]: FailureReason } = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGTERM: "terminate",
};

/** How an outcome that is not known is named, as that of a stored session that ends in the middle of a turn. */
export const UNKNOWN_OUTCOME = "no result recorded";
