/**
 * Classifies the failures of Claude Code by what it writes.
 *
 * @module
 */

import type { EventOf } from "../events.ts";
import type { FailureReason } from "../exit_codes.ts";
import { describeRetry, withHttpStatus } from "../util/event_text.ts";
import { oneLine } from "../util/one_line.ts";
import { sliceEnd } from "../util/truncate.ts";
import { apiErrorCause, authErrorCause, classifyApiError } from "./api_errors.ts";

/** What caused a failure, if it is known. */
export type FailureCause =
  | "account"
  | "budget"
  | "cloud_credential"
  | "connection"
  | "context_window"
  | "credential"
  | "credit"
  | "incomplete_recording"
  | "invalid_choice"
  | "interrupted"
  | "invalid_session_id"
  | "killed"
  | "model_not_found"
  | "output_limit"
  | "output_schema"
  | "overloaded"
  | "prompt_too_long"
  | "rate_limit"
  | "root"
  | "session_in_use"
  | "turns"
  | "unexplained"
  | "unknown_option"
  | "unknown_session";

/** A failure, without advice. */
export interface ClaudeFailure {
  readonly kind: FailureReason;
  readonly message: string;
  readonly cause?: FailureCause | undefined;
}

/** Returns the failure of a result that is not a success. */
export function classifyResult(result: EventOf<"result">): ClaudeFailure {
  const text = withoutErrorLabel(oneLine(result.text) || oneLine(result.errors.join("; ")));
  switch (result.subtype) {
    case "success":
      return classifyApiResult(result, text) ?? classifyOtherResult(result, text);
    case "error_max_turns":
      return { kind: "limit", cause: "turns", message: text || "the turn limit was reached" };
    case "error_max_budget_usd":
      return { kind: "limit", cause: "budget", message: text || "the budget was used up" };
    case "error_max_structured_output_retries": {
      const message = text || "the model returned no output that matches the JSON Schema";
      return { kind: "output", cause: "output_schema", message };
    }
  }
  return classifyOtherResult(result, text);
}

/** Texts of a rejected credential, in versions that report nothing else. */
const AUTH_TEXT =
  /^(Invalid API key|Not logged in|Credit balance is too low|OAuth token|Failed to authenticate)|Please run \/login/;

const CREDIT_TEXT = /^Credit balance is too low/;

const API_ERROR_TEXT = /^(API Error|Prompt is too long)\b/;

/** Returns the failure of a result whose API request failed. */
function classifyApiResult(result: EventOf<"result">, text: string): ClaudeFailure | undefined {
  const { http_status: status, api_error: name } = result;
  const isApiError = name !== undefined || status !== undefined;
  const details = withHttpStatus(name ?? "no reason given", status);
  if (AUTH_TEXT.test(result.text) || isApiError && classifyApiError(name, status) === "auth") {
    const cause = CREDIT_TEXT.test(result.text) ? "credit" : authErrorCause(name);
    return { kind: "auth", cause, message: text || `the API rejected the credential: ${details}` };
  }
  if (!isApiError && !API_ERROR_TEXT.test(result.text)) return undefined;
  const cause = causeInText(result.text) ?? apiErrorCause(name, status);
  return { kind: "api", cause, message: text || `the API request failed: ${details}` };
}

function classifyOtherResult(result: EventOf<"result">, text: string): ClaudeFailure {
  // A result without turns is a refusal to start; otherwise the text can be that of the model.
  const cause = result.turns === 0 ? startupCause(text) : undefined;
  if (cause !== undefined) return { kind: "failed", cause, message: text };
  if (result.terminal_reason?.startsWith("aborted")) {
    return { kind: "failed", cause: "interrupted", message: text || "the agent was interrupted" };
  }
  if (text !== "") return { kind: "failed", message: text };
  const subtype = result.subtype === "success" ? "" : ` (${result.subtype})`;
  const message = `the agent failed without giving a reason${subtype}`;
  return { kind: "failed", cause: "unexplained", message };
}

/** Returns the failure of a rejected credential. */
export function classifyRejectedCredential(retry: EventOf<"retry">): ClaudeFailure {
  const message = `the API rejected the credential: ${describeRetry(retry)}`;
  return { kind: "auth", cause: authErrorCause(retry.reason), message };
}

/** Returns the failure of a request that was still being retried when claude exited. */
export function classifyRetry(retry: EventOf<"retry">): ClaudeFailure {
  const { attempt, http_status: status, reason } = retry;
  if (classifyApiError(reason, status) === "auth") return classifyRejectedCredential(retry);
  if (status === undefined && reason === "unknown") {
    const message = `the API did not answer (retry ${attempt})`;
    return { kind: "api", cause: "connection", message };
  }
  const message = `the API request failed: ${describeRetry(retry)}, retry ${attempt}`;
  return { kind: "api", cause: apiErrorCause(reason, status), message };
}

/** Returns the cause of an API error that only its text states. */
function causeInText(text: string): FailureCause | undefined {
  if (/^API Error: (Connection|Unable to connect)\b/.test(text)) return "connection";
  if (/\bcontext window limit\b/.test(text)) return "context_window";
  return /^Prompt is too long\b/.test(text) ? "prompt_too_long" : undefined;
}

/** What Claude Code writes if it refuses to start. */
const STARTUP_CAUSES: readonly (readonly [text: RegExp, cause: FailureCause])[] = [
  [/cannot be used with root\/sudo/, "root"],
  [/No conversation found/, "unknown_session"],
  [/--resume requires a valid session/, "invalid_session_id"],
  [/unknown option/, "unknown_option"],
  [/ is invalid\. Allowed choices are /, "invalid_choice"],
  [/Session ID \S{1,100} is already in use/, "session_in_use"],
];

function startupCause(text: string): FailureCause | undefined {
  return STARTUP_CAUSES.find(([pattern]) => pattern.test(text))?.[1];
}

/** How claude exited. */
export interface ClaudeExit {
  /** The exit code; undefined in a replay. */
  code?: number | undefined;
  /** The signal that ended it. */
  signal?: string | undefined;
  /** The end of stderr. */
  stderr: string;
  /** The lines on stdout that were not messages. */
  rawLines: string;
}

/** Returns the failure of a claude that exited without a result. */
export function classifyMissingResult(
  { code, signal, stderr, rawLines }: ClaudeExit,
): ClaudeFailure {
  const output = withoutErrorLabel(oneLine(stderr) || oneLine(rawLines));
  const excerpt = outputExcerpt(output);
  if (signal !== undefined) {
    const cause = signal === "SIGKILL" ? "killed" : "interrupted";
    const message = withDetails(`claude was terminated by ${signal} without a result`, excerpt);
    return { kind: "failed", cause, message };
  }
  const cause = startupCause(output);
  if (cause !== undefined) {
    return { kind: "failed", cause, message: `claude refused to start: ${excerpt}` };
  }
  if (AUTH_TEXT.test(output)) return { kind: "auth", cause: "credential", message: excerpt };
  if (code === undefined) {
    const message = withDetails("the recording ends without a result", excerpt);
    return { kind: "failed", cause: "incomplete_recording", message };
  }
  return {
    kind: "failed",
    cause: excerpt === "" ? "unexplained" : "interrupted",
    message: withDetails(`claude exited without a result (exit code ${code})`, excerpt),
  };
}

function withDetails(message: string, details: string): string {
  return details === "" ? message : `${message}: ${details}`;
}

/** Removes an "Error:" at the start, because ccrun's error line already has one. */
function withoutErrorLabel(text: string): string {
  return text.replace(/^error:\s+/i, "");
}

/** How many characters of the output an error message repeats. */
const MAX_EXCERPT_LENGTH = 300;

/** Returns the end of an output on one line. */
export function outputExcerpt(text: string): string {
  const line = oneLine(text);
  return line.length > MAX_EXCERPT_LENGTH ? `… ${sliceEnd(line, MAX_EXCERPT_LENGTH)}` : line;
}
