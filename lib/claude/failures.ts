/**
 * Failures in words: what happened, and what to do about it.
 *
 * @module
 */

import type { EventOf } from "../events.ts";
import type { Failure } from "../errors.ts";
import { classifyApiError } from "./api_errors.ts";

type Result = EventOf<"result">;

/** One line of a text that may have many. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\n\r]\s*/g, " ");
}

/** Without an "Error:" before it: ccrun's own line says that already. */
function withoutLabel(text: string): string {
  return text.replace(/^error:\s+/i, "");
}

/** Texts that say that the credential was refused, in versions that give nothing but the text. */
const AUTH_TEXT =
  /^(Invalid API key|Not logged in|Credit balance is too low|OAuth token|Failed to authenticate)|Please run \/login/;

/** The same of an account that has run dry. */
const CREDIT_TEXT = /^Credit balance is too low/;

/** How a failure of the API begins when it comes as a text. */
const API_TEXT = /^(API Error|Prompt is too long)\b/;

function authHint(error: string | undefined): string {
  if (error === "billing_error") return "add credit to the account, or use another key";
  if (error === "account_on_hold" || error === "verification_required") {
    return "log in on the web and see what the account lacks, or use another key";
  }
  if (error === "cloud_credential_error") return "renew the cloud provider's credentials";
  return "check ANTHROPIC_API_KEY, or log in: start claude and type /login; " +
    "ccrun doctor says which credential is used";
}

function apiHint(status: number | undefined, error: string | undefined): string | undefined {
  if (error === "model_not_found" || status === 404) {
    return "name another model with --model, or check the API's address: --api-url or ANTHROPIC_BASE_URL";
  }
  if (error === "rate_limit" || status === 429) {
    return "wait until the limit is lifted and try again";
  }
  if (error === "overloaded" || error === "server_error" || (status ?? 0) >= 500) {
    return "try again later; --max-retries N waits longer, --fallback-model MODEL uses another model";
  }
  if (error === "max_output_tokens") return "raise CLAUDE_CODE_MAX_OUTPUT_TOKENS";
  return undefined;
}

const CONNECTION_HINT = "check the network, and the API's address: --api-url or ANTHROPIC_BASE_URL";

/** Failures of the API that only their words tell, and what to do about them. */
const WORDED_HINTS: readonly { words: RegExp; hint: string }[] = [
  // Nothing answered at all: in the words of 2.0.25 and 2.1.330, and of 2.1.197.
  { words: /^API Error: (Connection|Unable to connect)\b/, hint: CONNECTION_HINT },
  {
    words: /^Prompt is too long\b/,
    hint: "shorten it, or put it in a file of the workspace and say which",
  },
];

/** A failure with or without a hint. */
function failure(kind: Failure["kind"], message: string, hint?: string): Failure {
  return hint === undefined ? { kind, message } : { kind, message, hint };
}

/** What claude says of the request that failed, and then of what it will do. */
export function explainRejectedCredential(retry: EventOf<"retry">): Failure {
  const status = retry.http_status === undefined ? "" : ` (HTTP ${retry.http_status})`;
  return failure(
    "auth",
    `the API refused the credential: ${retry.reason}${status}`,
    authHint(retry.reason),
  );
}

/** The failure of the API that claude was still retrying when it ended. */
export function explainRetry(retry: EventOf<"retry">): Failure {
  if (classifyApiError(retry.reason, retry.http_status) === "auth") {
    return explainRejectedCredential(retry);
  }
  const { attempt, http_status: status, reason } = retry;
  if (status === undefined && reason === "unknown") {
    return failure("api", `the API did not answer, at retry ${attempt}`, CONNECTION_HINT);
  }
  const what = status === undefined ? reason : `${reason} (HTTP ${status})`;
  return failure("api", `the API failed: ${what}, at retry ${attempt}`, apiHint(status, reason));
}

/** How to go on with a session. */
export function resumeHint(sessionId: string | undefined): string | undefined {
  return sessionId === undefined ? undefined : `go on with: ccrun --resume ${sessionId} "..."`;
}

/** One hint of those that there are. */
export function joinHints(...hints: (string | undefined)[]): string | undefined {
  return hints.filter((hint) => hint !== undefined).join("; ") || undefined;
}

/** Says of a result that is not a success why it is none. */
export function explainResult(result: Result, sessionId: string | undefined): Failure {
  const said = withoutLabel(oneLine(result.text) || oneLine(result.errors.join("; ")));
  switch (result.subtype) {
    case "error_max_turns":
      return failure(
        "limit",
        said || "the turn limit was reached",
        joinHints("raise --max-turns", resumeHint(sessionId)),
      );
    case "error_max_budget_usd":
      return failure(
        "limit",
        said || "the budget was used up",
        joinHints("raise --max-budget-usd", resumeHint(sessionId)),
      );
    case "error_max_structured_output_retries":
      return failure(
        "output",
        said || "the model gave no output that fits the JSON Schema",
        "make the schema simpler, or say in the prompt what each field is",
      );
  }
  const { http_status, api_error } = result;
  if (result.subtype === "success") {
    const isAuth = AUTH_TEXT.test(result.text) ||
      (api_error !== undefined || http_status !== undefined) &&
        classifyApiError(api_error, http_status) === "auth";
    const status = http_status === undefined ? "" : ` (HTTP ${http_status})`;
    const what = `${api_error ?? "no reason given"}${status}`;
    if (isAuth) {
      const error = CREDIT_TEXT.test(result.text) ? "billing_error" : api_error;
      return failure("auth", said || `the API refused the credential: ${what}`, authHint(error));
    }
    if (api_error !== undefined || http_status !== undefined || API_TEXT.test(result.text)) {
      const worded = WORDED_HINTS.find(({ words }) => words.test(result.text));
      const hint = worded?.hint ?? apiHint(http_status, api_error);
      return failure("api", said || `the API failed: ${what}`, hint);
    }
  }
  // Newer versions refuse to start with a result, of no turns; else these are the model's words.
  const remedy = result.turns === 0 ? remedyFor(said) : undefined;
  if (remedy !== undefined) return failure("failed", said, remedy);
  if (result.terminal_reason?.startsWith("aborted")) {
    return failure("failed", said || "the agent was interrupted", resumeHint(sessionId));
  }
  const which = result.subtype === "success" ? "" : ` (${result.subtype})`;
  return failure(
    "failed",
    said || `the agent ended with an error, and did not say why${which}`,
    said === "" ? resumeHint(sessionId) : undefined,
  );
}

const UNKNOWN_SESSION_HINT =
  "a session belongs to the directory it was begun in: check --cwd, and the id with: ccrun sessions";

/** Last words of claude's that have a remedy, and the remedy. */
const REMEDIES: readonly { words: RegExp; hint: string }[] = [
  {
    words: /cannot be used with root\/sudo/,
    hint: "run it as another user, or set IS_SANDBOX=1 where this machine is a sandbox, " +
      "or allow just what is needed with --permission-mode acceptEdits and --allowed-tools",
  },
  { words: /No conversation found/, hint: UNKNOWN_SESSION_HINT },
  {
    words: /--resume requires a valid session/,
    hint: "--resume takes the session's UUID; newer versions of Claude Code also take its title",
  },
  {
    words: /unknown option/,
    hint:
      "this version of Claude Code does not have it: leave it out, or update claude: claude update",
  },
  { words: /argument .* is invalid\. Allowed choices/, hint: "give one of these" },
  {
    words: /Session ID .* is already in use/,
    hint: "go on with that session by --resume, or leave --session-id out",
  },
];

/** What to do about it, when it is one of the {@linkcode REMEDIES}. */
function remedyFor(said: string): string | undefined {
  return REMEDIES.find(({ words }) => words.test(said))?.hint;
}

/** How many of claude's last words a message repeats. */
const MAX_STDERR_LENGTH = 300;

/** How claude ended, for {@linkcode explainMissingResult}. */
export interface ClaudeExit {
  /** Its exit code; undefined in a replay, where nobody knows it. */
  code?: number | undefined;
  /** The signal that ended it. */
  signal?: string | undefined;
  /** The end of its stderr. */
  stderr: string;
  /** Lines on stdout that were no messages. */
  rawLines: string;
  /** The session, where it can go on. */
  sessionId?: string | undefined;
}

/** What to do where nothing says what was wrong. */
const DOCTOR_HINT = "see whether a session works here: ccrun doctor";

/** The same of a recording. */
const CUT_HINT = "it was cut short, or is neither claude's stream-json nor ccrun's --json";

/** The end of what claude said, on one line. */
export function stderrExcerpt(said: string): string {
  const line = oneLine(said);
  return line.length > MAX_STDERR_LENGTH ? `… ${line.slice(-MAX_STDERR_LENGTH)}` : line;
}

/** Says why claude ended without a result. */
export function explainMissingResult(end: ClaudeExit): Failure {
  const said = withoutLabel(oneLine(end.stderr) || oneLine(end.rawLines));
  const words = stderrExcerpt(said);
  if (end.signal !== undefined) {
    return failure(
      "failed",
      `claude was ended by ${end.signal}, without a result${words ? `: ${words}` : ""}`,
      joinHints(
        end.signal === "SIGKILL"
          ? "somebody killed it; often the machine was out of memory"
          : undefined,
        resumeHint(end.sessionId),
      ),
    );
  }
  const what = end.code === undefined
    ? "the recording ends without a result"
    : `claude ended without a result (exit code ${end.code})`;
  const remedy = remedyFor(said);
  if (remedy !== undefined) return failure("failed", `claude refused to start: ${words}`, remedy);
  if (AUTH_TEXT.test(said)) return failure("auth", words, authHint(undefined));
  const hint = end.code === undefined
    ? CUT_HINT
    : resumeHint(end.sessionId) ?? (words === "" ? DOCTOR_HINT : undefined);
  return failure("failed", words === "" ? what : `${what}: ${words}`, hint);
}
