/**
 * Decides whether a result is a success, from what Claude Code itself shows.
 *
 * @module
 */

import {
  apiFailureCause,
  brokenConfigFailure,
  type ClaudeFailure,
  type FailureCause,
  failureText,
  isUsageLimitText,
  startupCause,
  withoutErrorLabel,
} from "../claude/failures.ts";
import type { EventOf } from "../events.ts";
import { withHttpStatus } from "../util/event_text.ts";
import { oneLine } from "../util/one_line.ts";
import type { TurnEvidence } from "./turns.ts";

/** What the outcome of a turn depends on. */
export interface ResultEvidence {
  /** The result, whose `ok` is what Claude Code claims. */
  readonly result: EventOf<"result">;
  readonly turn: TurnEvidence;
  /** Whether the API has reported that the usage limit of the plan is reached. */
  readonly isLimitReached: boolean;
}

/** A way in which a turn fails. */
interface Rule {
  /** Returns the cause if the turn has failed in this way. */
  readonly causeOf: (evidence: ResultEvidence) => FailureCause | undefined;
  /** The message if Claude Code says nothing. */
  readonly message: (evidence: ResultEvidence) => string;
}

/** The ways in which a turn fails. The first one that applies counts. */
const RULES: readonly Rule[] = [
  {
    causeOf: when("turns", ({ result }) => result.subtype === "error_max_turns"),
    message: () => "the turn limit was reached",
  },
  {
    causeOf: when("budget", ({ result }) => result.subtype === "error_max_budget_usd"),
    message: () => "the budget was used up",
  },
  {
    causeOf: when(
      "output_schema",
      ({ result }) => result.subtype === "error_max_structured_output_retries",
    ),
    message: () => "the model returned no output that matches the JSON Schema",
  },
  {
    causeOf: when("refusal", hasRefused),
    message: () => "the model declined to answer",
  },
  {
    causeOf: when("usage_limit", hasReachedLimit),
    message: () => "the usage limit of the plan is reached",
  },
  {
    causeOf: ({ result }) => result.ok ? undefined : apiFailureCause(result),
    message: ({ result: { api_error: name, http_status: status } }) =>
      `the API request failed: ${withHttpStatus(name ?? "no reason given", status)}`,
  },
  {
    causeOf: when(
      "tool_deferred",
      ({ result }) => result.terminal_reason?.startsWith("tool_deferred") === true,
    ),
    message: () => "a hook deferred a tool call",
  },
  {
    causeOf: when(
      "hook_stopped",
      ({ result }) =>
        result.terminal_reason === "hook_stopped" ||
        result.terminal_reason === "stop_hook_prevented",
    ),
    message: () => "a hook stopped the agent",
  },
  {
    causeOf: when("connection_lost", hasLostConnection),
    message: () => "the connection to the API was lost in the middle of a message",
  },
  {
    causeOf: when(
      "unfinished",
      ({ result }) =>
        result.ok && result.stop_reason === "tool_use" && result.structured_output === undefined,
    ),
    message: () => "the agent stopped before it had the result of its last tool call",
  },
  {
    causeOf: when(
      "truncated_result",
      // The model's text can stand in for that of the result, but not for its outcome.
      ({ result, turn }) => result.truncated === true && !(result.ok && turn.hasModelMessage),
    ),
    message: () => "the output of claude ends in the middle of its result",
  },
  { causeOf: unansweredCause, message: unansweredMessage },
  {
    // A result without turns is a refusal to start; otherwise the text can be that of the model.
    causeOf: ({ result }) =>
      !result.ok && !result.turns ? startupCause(failureText(result)) : undefined,
    message: () => "claude refused to start",
  },
  {
    causeOf: when(
      "interrupted",
      ({ result }) => !result.ok && result.terminal_reason?.startsWith("aborted") === true,
    ),
    message: () => "the agent was interrupted",
  },
  {
    causeOf: ({ result }) =>
      result.ok ? undefined : failureText(result) === "" ? "unexplained" : "agent_error",
    message: ({ result: { subtype } }) => {
      const details = subtype === "success" ? "" : ` (${subtype})`;
      return `the agent failed without giving a reason${details}`;
    },
  },
];

/** Returns why a turn failed; undefined if it succeeded. */
export function resultFailure(evidence: ResultEvidence): ClaudeFailure | undefined {
  const { ok, turns, errors } = evidence.result;
  const broken = ok || turns ? undefined : brokenConfigFailure(...errors);
  if (broken !== undefined) return broken;
  for (const { causeOf, message } of RULES) {
    const cause = causeOf(evidence);
    if (cause === undefined) continue;
    const text = ok && evidence.turn.hasModelMessage
      ? "" // It is the model's, and not about the failure.
      : failureText(evidence.result);
    return { cause, message: text || message(evidence) };
  }
  return undefined;
}

function when(
  cause: FailureCause,
  applies: (evidence: ResultEvidence) => boolean,
): Rule["causeOf"] {
  return (evidence) => applies(evidence) ? cause : undefined;
}

function hasRefused({ result, turn }: ResultEvidence): boolean {
  return (result.stop_reason ?? turn.stopReason) === "refusal";
}

function hasReachedLimit({ result, turn, isLimitReached }: ResultEvidence): boolean {
  const isOfClaude = !result.ok || !turn.hasModelMessage || turn.syntheticText === result.text;
  if (isOfClaude && isUsageLimitText(result.text)) return true;
  return !result.ok && isLimitReached &&
    (result.api_error === "rate_limit" || result.http_status === 429);
}

/** Returns whether the connection was lost until the retries were used up. Only then a result has this. */
function hasLostConnection({ result }: ResultEvidence): boolean {
  return result.ok && result.terminal_reason === "completed" && result.stop_reason === undefined;
}

/** What Claude Code answers in the place of the model, if the prompt does not reach the model. */
const UNANSWERED_TEXTS: readonly (readonly [text: RegExp, cause: FailureCause])[] = [
  [/^\w+ operation blocked by hook:/, "prompt_blocked"],
  [/^Operation stopped by hook\b/, "prompt_blocked"],
  [/^Unknown (?:slash )?(?:command|skill): /, "unknown_command"],
  [/^(?:Error: )?(?:Shell|Bash) command failed for pattern /, "command_failed"],
  [/^\/\S+ isn't available in this environment\.$/, "command_failed"],
];

/** Returns why a prompt did not reach the model, although Claude Code claims a success. */
function unansweredCause(evidence: ResultEvidence): FailureCause | undefined {
  const { result, turn } = evidence;
  const isAnswered = turn.hasModelMessage || turn.hasUsedTokens && result.turns !== 0 ||
    result.structured_output !== undefined;
  const hasPrompt = result.origin === undefined;
  if (!result.ok || isAnswered || !hasPrompt) return undefined;
  const text = unansweredText(evidence);
  const known = UNANSWERED_TEXTS.find(([pattern]) => pattern.test(text))?.[1];
  if (known !== undefined) return known;
  const isError = turn.commandOutput?.isError || !result.turns && text.startsWith("Error: ");
  if (isError) return "command_failed";
  const hasOutput = text !== "" || turn.commandOutput !== undefined || turn.hasChangedConversation;
  // Old versions are silent about an unknown command and about a prompt that a hook blocks.
  return hasOutput ? undefined : "unexplained";
}

function unansweredMessage(evidence: ResultEvidence): string {
  return withoutErrorLabel(oneLine(unansweredText(evidence))) ||
    "claude did not pass the prompt to the model, and " +
      "gave no reason: a hook blocked it, or it is an unknown command";
}

/** Returns what Claude Code wrote in the place of the model. */
function unansweredText({ result, turn }: ResultEvidence): string {
  return result.text.trim() || turn.syntheticText?.trim() || turn.commandOutput?.text || "";
}
