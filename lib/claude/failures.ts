/**
 * Classifies the failures of Claude Code by what it writes.
 *
 * @module
 */

import type { EventOf } from "../events.ts";
import { describeRetry, isConnectionError } from "../util/event_text.ts";
import { isJsonObject } from "../util/json.ts";
import { joinTexts } from "../util/join_texts.ts";
import { oneLine } from "../util/one_line.ts";
import { isTimestamp } from "../util/plausible.ts";
import { sliceEnd } from "../util/truncate.ts";
import { apiErrorCause, authErrorCause, isAuthError } from "./api_errors.ts";
import { type BrokenConfig, findBrokenConfig } from "./broken_config.ts";

/** What caused a failure. */
export type FailureCause =
  | "account"
  | "agent_error"
  | "api_error"
  | "broken_config"
  | "budget"
  | "cloud_credential"
  | "command_failed"
  | "connection"
  | "connection_lost"
  | "context_window"
  | "credential"
  | "credit"
  | "hook_stopped"
  | "incomplete_recording"
  | "invalid_choice"
  | "interrupted"
  | "invalid_session_id"
  | "killed"
  | "model_not_found"
  | "output_limit"
  | "output_schema"
  | "overloaded"
  | "prompt_blocked"
  | "prompt_too_long"
  | "rate_limit"
  | "refusal"
  | "root"
  | "session_in_use"
  | "tool_deferred"
  | "truncated_result"
  | "turns"
  | "unexplained"
  | "unfinished"
  | "unknown_command"
  | "unknown_option"
  | "unknown_session"
  | "usage_limit";

/** A failure, without advice. */
export interface ClaudeFailure {
  readonly cause: FailureCause;
  readonly message: string;
  /** The file that has to be repaired. */
  readonly config?: BrokenConfig;
}

/** Texts of a rejected credential, in versions that report nothing else. */
const AUTH_TEXT =
  /^(Invalid API key|Not logged in|Credit balance is too low|OAuth token|Failed to authenticate)|Please run \/login/;

/** Returns the cause of a rejected credential, judging by the text and the name of the error. */
function rejectionCause(text: string, name?: string): FailureCause {
  return /^Credit balance is too low/.test(text) ? "credit" : authErrorCause(name);
}

const API_ERROR_TEXT = /^(API Error|Prompt is too long)\b/;

/** Returns the cause of a result whose API request failed; undefined if that did not happen. */
export function apiFailureCause(result: EventOf<"result">): FailureCause | undefined {
  const { http_status: status, api_error: name, text } = result;
  if (AUTH_TEXT.test(text) || isAuthError(name, status)) return rejectionCause(text, name);
  const isApiError = name !== undefined || status !== undefined;
  if (!isApiError && !API_ERROR_TEXT.test(text)) return undefined;
  return causeInText(text) ?? apiErrorCause(name, status) ?? "api_error";
}

/** Returns the text of a failed result, or else its errors, on one line. */
export function failureText({ text, errors }: EventOf<"result">): string {
  return withoutErrorLabel(oneLine(text) || oneLine(errors.join("; ")));
}

/** What Claude Code writes if the usage limit of a plan is reached. */
const USAGE_LIMITS: readonly RegExp[] = [
  /^(?:[\w.-]+ ){0,3}(?:\d+-hour|weekly|session|usage|spend|opus|sonnet) limit reached\b/i,
  /^You['’]ve (?:hit|reached) your (?:[\w.'’-]+ ){0,4}limit\b/,
  /^You['’]re out of (?:extra usage|usage credits)\b/,
  /^Your org(?:anization)? is out of usage\b/,
];

/** Returns whether a text of Claude Code reports that the usage limit of a plan is reached. */
export function isUsageLimitText(text: string): boolean {
  return USAGE_LIMITS.some((pattern) => pattern.test(text));
}

/** Returns when the limit is reset, as an RFC 3339 time, if the text of an old version states it. */
export function usageLimitReset(text: string): string | undefined {
  const ms = Number(/\|(\d{9,11})$/.exec(text.trim())?.[1]) * 1000;
  return isTimestamp(ms) ? new Date(ms).toISOString() : undefined;
}

/** Returns the failure of a rejected credential. */
export function rejectedCredential(retry: EventOf<"retry">): ClaudeFailure {
  const message = `the API rejected the credential: ${describeRetry(retry)}`;
  return { cause: authErrorCause(retry.reason), message };
}

/** Returns the failure of a request that was still being retried when claude exited. */
export function retryFailure(retry: EventOf<"retry">): ClaudeFailure {
  const { attempt, http_status: status, reason } = retry;
  if (isAuthError(reason, status)) return rejectedCredential(retry);
  if (isConnectionError(retry)) {
    return { cause: "connection", message: `${describeRetry(retry)} (retry ${attempt})` };
  }
  const message = `the API request failed: ${describeRetry(retry)}, retry ${attempt}`;
  return { cause: apiErrorCause(reason, status) ?? "api_error", message };
}

/** The causes of the errors that the API itself names. */
const API_ERROR_TYPES: ReadonlyMap<unknown, FailureCause> = new Map([
  ["api_error", "api_error"],
  ["authentication_error", "credential"],
  ["invalid_request_error", "api_error"],
  ["overloaded_error", "overloaded"],
  ["permission_error", "credential"],
  ["rate_limit_error", "rate_limit"],
]);

/** Returns the failure of an error message in the place of a result. */
export function reportedFailure({ text, data }: EventOf<"notice">): ClaudeFailure {
  const error = isJsonObject(data) ? data["error"] : undefined;
  const type = isJsonObject(error) ? error["type"] : undefined;
  const cause = API_ERROR_TYPES.get(type) ??
    (AUTH_TEXT.test(text) ? rejectionCause(text) : "agent_error");
  return { cause, message: outputExcerpt(text) };
}

/** What Claude Code writes if the API does not answer. */
const CONNECTION_TEXT =
  /^API Error: (?:Connection\b|Unable to connect\b|Can't reach\b|No internet route\b|Couldn't connect through your proxy\b)/;

/** Returns the cause of an API error that only its text states. */
function causeInText(text: string): FailureCause | undefined {
  if (CONNECTION_TEXT.test(text)) return "connection";
  if (/\bcontext window limit\b/.test(text)) return "context_window";
  if (/\boutput token maximum\b/.test(text)) return "output_limit";
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

/** Returns why Claude Code refuses to start, judging by what it writes. */
export function startupCause(text: string): FailureCause | undefined {
  return STARTUP_CAUSES.find(([pattern]) => pattern.test(text))?.[1];
}

/** Returns the failure because of a configuration file, judging by what Claude Code writes. */
export function brokenConfigFailure(...texts: readonly string[]): ClaudeFailure | undefined {
  const config = findBrokenConfig(texts.join("\n"));
  if (config === undefined) return undefined;
  const message = `claude cannot parse its configuration file ${config.path}`;
  return { cause: "broken_config", message, config };
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

/** A message whose end is missing, in the last of the raw lines. 2.1.197 can cut off a long result. */
const CUT_MESSAGE = /(?:^|\n)\{"[^\n]*$/;

/** Returns the failure of a claude that exited without a result. */
export function missingResultFailure(
  { code, signal, stderr, rawLines }: ClaudeExit,
): ClaudeFailure {
  const unread = CUT_MESSAGE.test(rawLines) ? "its last line is cut off" : oneLine(rawLines);
  const output = withoutErrorLabel(oneLine(stderr) || unread);
  const excerpt = outputExcerpt(output);
  if (signal !== undefined) {
    const cause = signal === "SIGKILL" ? "killed" : "interrupted";
    const message = joinTexts(
      [`claude was terminated by ${signal} without a result`, excerpt],
      ": ",
    );
    return { cause, message };
  }
  const broken = brokenConfigFailure(stderr, rawLines);
  if (broken !== undefined) return broken;
  const cause = startupCause(output);
  if (cause !== undefined) return { cause, message: `claude refused to start: ${excerpt}` };
  if (AUTH_TEXT.test(output)) return { cause: rejectionCause(output), message: excerpt };
  if (code === undefined) {
    const message = joinTexts(["the recording ends without a result", excerpt], ": ");
    return { cause: "incomplete_recording", message };
  }
  return {
    cause: excerpt === "" ? "unexplained" : "interrupted",
    message: joinTexts([`claude exited without a result (exit code ${code})`, excerpt], ": "),
  };
}

/** Removes an "Error:" at the start, because ccrun's error line already has one. */
export function withoutErrorLabel(text: string): string {
  return text.replace(/^error:\s+/i, "");
}

/** How many characters of the output an error message repeats. */
const MAX_EXCERPT_LENGTH = 300;

/** Returns the end of an output on one line. */
export function outputExcerpt(text: string): string {
  const line = oneLine(text);
  return line.length > MAX_EXCERPT_LENGTH ? `… ${sliceEnd(line, MAX_EXCERPT_LENGTH)}` : line;
}
