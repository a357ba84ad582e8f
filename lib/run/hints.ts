/**
 * Advice that names the options and commands of ccrun.
 *
 * @module
 */

import type { BrokenConfig } from "../claude/broken_config.ts";
import type { ClaudeFailure, FailureCause } from "../claude/failures.ts";
import type { ApiRoute } from "../claude/api_route.ts";
import type { Failure } from "../errors.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { connectionHint } from "./api_route.ts";
import { FAILURE_REASON } from "./failure_reasons.ts";
import type { TimeLimit } from "./watchdog.ts";

const CHECK_ADDRESS = "the address of the API: --api-url or ANTHROPIC_BASE_URL";

const HINTS: { readonly [cause in FailureCause]?: string } = {
  account: "log in on the web to see what the account requires, or use another key",
  budget: "raise --max-budget-usd",
  cloud_credential: "renew the credentials of the cloud provider",
  connection: `check the network and ${CHECK_ADDRESS}`,
  credential: "check ANTHROPIC_API_KEY, or log in: start claude and type /login; " +
    "ccrun doctor shows which credential is used",
  credit: "add credit to the account, or use another key",
  incomplete_recording: "use a complete recording: claude's stream-json, or ccrun --json",
  hook_stopped: "see the hooks in the settings",
  invalid_choice: "use one of these values",
  invalid_session_id:
    "pass the UUID of the session to --resume; newer versions of Claude Code also accept its title",
  killed: "check the memory of the machine: SIGKILL often means that it ran out",
  model_not_found: `choose another model with --model, or check ${CHECK_ADDRESS}`,
  output_limit: "raise CLAUDE_CODE_MAX_OUTPUT_TOKENS",
  output_schema: "simplify the schema, or describe its fields in the prompt",
  overloaded:
    "try again later; --max-retries N retries longer, --fallback-model MODEL uses another model",
  prompt_blocked: "see the hooks in the settings",
  prompt_too_long: "shorten the prompt, or put it in a file of the workspace and name that file",
  rate_limit: "wait until the limit resets and try again",
  refusal: "rephrase the prompt in a new session, or choose another model with --model",
  root: "run it as another user, set IS_SANDBOX=1 if this machine is a sandbox, " +
    "or allow only what is needed with --permission-mode acceptEdits and --allowed-tools",
  session_in_use: "resume that session with --resume, or leave --session-id out",
  tool_deferred: "see the hooks in the settings",
  turns: "raise --max-turns",
  unexplained: "check whether a session works here: ccrun doctor",
  unknown_command: "check the name and the directory: commands belong to a workspace or to a user",
  unknown_option: "leave the option out, or update Claude Code: claude update",
  unknown_session:
    "check --cwd, because a session belongs to its directory; list its sessions with: ccrun sessions",
  usage_limit: "wait until the limit resets and try again",
};

/** The causes after which the session can be resumed. */
const RESUMABLE: ReadonlySet<FailureCause> = new Set([
  "budget",
  "connection_lost",
  "interrupted",
  "killed",
  "turns",
  "usage_limit",
]);

/**
 * Returns a failure with the hint for its cause.
 *
 * @param sessionId the session that can be resumed
 * @param route how claude reaches the API
 */
export function withHintForCause(
  { cause, message, config }: ClaudeFailure,
  sessionId: string | undefined,
  route?: ApiRoute,
): Failure {
  const hint = (config && configHint(config)) ??
    (route && cause === "connection" ? connectionHint(route) : hintFor(cause, sessionId));
  return withHint({ kind: FAILURE_REASON[cause], message }, hint);
}

function configHint({ path, backup }: BrokenConfig): string {
  const file = shellQuote(path);
  return backup === undefined
    ? `correct its JSON, or move it away: mv ${file} ${shellQuote(`${path}.broken`)}`
    : `correct its JSON, or restore the backup: cp ${shellQuote(backup)} ${file}`;
}

function hintFor(cause: FailureCause, sessionId: string | undefined): string | undefined {
  // Without a reason, resuming is the better advice if there is a session.
  if (cause === "unexplained") return resumeHint(sessionId) ?? HINTS[cause];
  return joinHints(HINTS[cause], RESUMABLE.has(cause) ? resumeHint(sessionId) : undefined);
}

/** Returns a failure with a hint, if there is one. */
export function withHint({ kind, message }: Failure, hint: string | undefined): Failure {
  return hint === undefined ? { kind, message } : { kind, message, hint };
}

/** Returns what to do about a reached time limit. */
export function timeoutHint(limit: TimeLimit, hasOutput: boolean): string {
  const raise = `raise --${limit.replace(" ", "-")}`;
  return hasOutput ? raise : `${raise}, or find the cause with: ccrun doctor`;
}

/** Returns the command that resumes a session. */
export function resumeHint(sessionId: string | undefined): string | undefined {
  return sessionId === undefined ? undefined : `resume with: ccrun --resume ${sessionId} "..."`;
}

/** Joins the hints that are there. */
export function joinHints(...hints: (string | undefined)[]): string | undefined {
  return hints.filter((hint) => hint !== undefined).join("; ") || undefined;
}
