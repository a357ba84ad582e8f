/**
 * Advice that names the options and commands of ccrun.
 *
 * @module
 */

import type { BrokenConfig } from "../claude/broken_config.ts";
import type { ClaudeFailure, FailureCause } from "../claude/failures.ts";
import type { ApiRoute } from "../claude/api_route.ts";
import type { Failure } from "../errors.ts";
import { CONTINUATION } from "../util/continuation_hint.ts";
import { joinTexts } from "../util/join_texts.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { connectionHint } from "./api_route.ts";
import { FAILURE_REASON } from "./failure_reasons.ts";
import type { TimeLimit } from "./watchdog.ts";

const CHECK_ADDRESS = "the address of the API: --api-url or ANTHROPIC_BASE_URL";

const HINTS: { readonly [cause in FailureCause]?: string } = {
  account: "log in on the web to see what the account requires, or use another key",
  budget: "raise --max-budget-usd",
  cloud_credential: "renew the credentials of the cloud provider",
  context_window: "the conversation is too long: start a new session, or compact this one",
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
  prompt_too_long: "shorten the prompt, or put it in a file of the workspace and name that file, " +
    "in a new session",
  rate_limit: "wait until the limit resets and try again",
  refusal: "rephrase the prompt in a new session, or choose another model with --model",
  root: "run it as another user, set IS_SANDBOX=1 if this machine is a sandbox, " +
    "or allow only what is needed with --permission-mode acceptEdits and --allowed-tools",
  session_in_use: "leave --session-id out, or resume that session",
  tool_deferred: "see the hooks in the settings",
  turns: "raise --max-turns",
  unexplained: "check whether a session works here: ccrun doctor",
  unknown_command: "check the name and the directory: commands belong to a workspace or to a user",
  unknown_option: "leave the option out, or update Claude Code: claude update",
  unknown_session:
    "check --cwd, because a session belongs to its directory; list its sessions with: ccrun sessions",
  usage_limit: "wait until the limit resets and try again",
};

/** The causes after which a session can only be resumed when it has become shorter. */
const TOO_LONG: ReadonlySet<FailureCause> = new Set(["context_window", "prompt_too_long"]);

/**
 * Returns a failure with the hint for its cause, and how to resume the session.
 *
 * @param resume the command that resumes the session, without a prompt
 * @param route how claude reaches the API
 */
export function withHintForCause(
  failure: ClaudeFailure,
  resume: string | undefined,
  route?: ApiRoute,
): Failure {
  const { cause, message } = failure;
  const next = TOO_LONG.has(cause) ? compactHint(resume) : resumeHint(resume);
  return withHint(
    { kind: FAILURE_REASON[cause], message },
    joinHints(hintFor(failure, route), next),
  );
}

function hintFor({ cause, config }: ClaudeFailure, route: ApiRoute | undefined) {
  if (config !== undefined) return configHint(config);
  return cause === "connection" && route !== undefined ? connectionHint(route) : HINTS[cause];
}

function configHint({ path, backup }: BrokenConfig): string {
  const file = shellQuote(path);
  return backup === undefined
    ? `correct its JSON, or move it away: mv ${file} ${shellQuote(`${path}.broken`)}`
    : `correct its JSON, or restore the backup: cp ${shellQuote(backup)} ${file}`;
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

/**
 * Returns how to resume a session.
 *
 * @param resume the command, without a prompt
 */
export function resumeHint(resume: string | undefined): string | undefined {
  return resume && `resume with: ${resume} "..."`;
}

/** Returns how to compact a session, which makes room for more messages. */
function compactHint(resume: string | undefined): string | undefined {
  return resume && `compact with: ${resume} /compact`;
}

/**
 * Returns a recorded hint with another command in place of the one that continues the session.
 *
 * @param resume the command, without a prompt
 */
export function withOwnCommand(
  hint: string | undefined,
  resume: string | undefined,
): string | undefined {
  const match = CONTINUATION.exec(hint ?? "");
  if (hint === undefined || match === null) return hint;
  const next = match[1] === "compact" ? compactHint(resume) : resumeHint(resume);
  return joinHints(hint.slice(0, match.index), next);
}

/** Joins the hints that are there. */
export function joinHints(...hints: (string | undefined)[]): string | undefined {
  return joinTexts(hints, "; ") || undefined;
}
