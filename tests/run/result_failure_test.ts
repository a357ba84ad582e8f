import { assert, assertEquals } from "@std/assert";
import type { FailureCause } from "../../lib/claude/failures.ts";
import { readResult } from "../../lib/claude/result_event.ts";
import { createEventFactory, NO_USAGE } from "../../lib/events.ts";
import type { ExitReason } from "../../lib/exit_codes.ts";
import { FAILURE_REASON } from "../../lib/run/failure_reasons.ts";
import { resultFailure } from "../../lib/run/result_failure.ts";
import type { TurnEvidence } from "../../lib/run/turns.ts";
import type { JsonObject } from "../support/json.ts";

const stamp = createEventFactory(() => null);

interface Evidence extends Partial<TurnEvidence> {
  readonly truncated?: boolean;
  readonly api_error?: string;
  readonly isLimitReached?: boolean;
  /** Whether the turn used tokens. */
  readonly isBilled?: boolean;
}

/** Judges a result of a turn in which the model has spoken, unless `evidence` says otherwise. */
function judge(message: JsonObject, evidence: Evidence = {}) {
  const { api_error, truncated, isLimitReached = false, isBilled = false, ...turn } = evidence;
  const result = stamp({
    ...readResult({ type: "result", num_turns: 1, ...message }),
    usage: isBilled ? { ...NO_USAGE, output: 7 } : NO_USAGE,
    ...(api_error === undefined ? {} : { api_error }),
    ...(truncated === undefined ? {} : { truncated }),
  });
  const defaults = { hasModelMessage: true, hasChangedConversation: false };
  return resultFailure({ result, turn: { ...defaults, ...turn }, isLimitReached });
}

type Row = readonly [
  reason: ExitReason,
  cause: FailureCause | undefined,
  message: JsonObject,
  evidence?: Evidence,
];

function assertRows(rows: readonly Row[]): void {
  for (const [reason, cause, message, evidence] of rows) {
    const failure = judge(message, evidence);
    const row = JSON.stringify([message, evidence]);
    assertEquals(failure?.cause, cause, row);
    assertEquals(failure === undefined ? "success" : FAILURE_REASON[failure.cause], reason, row);
    if (failure !== undefined) {
      assert(failure.message !== "" && !/[\r\n]/.test(failure.message), failure.message);
    }
  }
}

const SUCCESS: JsonObject = {
  subtype: "success",
  is_error: false,
  result: "Done.",
  stop_reason: "end_turn",
  terminal_reason: "completed",
};
const ERROR: JsonObject = { subtype: "success", is_error: true, result: "API Error: no" };
const UNANSWERED: Evidence = { hasModelMessage: false };

Deno.test("a success without an error flag is a success", () => {
  assertRows([
    ["success", undefined, SUCCESS],
    ["success", undefined, { subtype: "success", is_error: false, result: "Done." }],
    ["success", undefined, { result: "Done.", cost_usd: 0.03 }],
    ["success", undefined, { ...SUCCESS, result: "API Error: is what the user asked about" }],
    ["success", undefined, { ...SUCCESS, result: "Unknown command: /x is what the log says" }],
    ["success", undefined, { ...SUCCESS, result: "" }],
    ["success", undefined, { ...SUCCESS, stop_reason: "stop_sequence" }],
    ["success", undefined, { ...SUCCESS, stop_reason: "tool_use", structured_output: { n: 1 } }],
    // Old versions state no reasons.
    ["success", undefined, { subtype: "success", is_error: false, result: "" }],
  ]);
});

Deno.test("a success whose work was not done is a failure", () => {
  assertRows([
    ["api", "connection_lost", { ...SUCCESS, stop_reason: null }],
    ["api", "connection_lost", { ...SUCCESS, stop_reason: undefined }],
    ["failed", "unfinished", { ...SUCCESS, stop_reason: "tool_use" }],
    ["failed", "hook_stopped", { ...SUCCESS, terminal_reason: "hook_stopped" }],
    ["failed", "hook_stopped", { ...SUCCESS, terminal_reason: "stop_hook_prevented" }],
    [
      "failed",
      "tool_deferred",
      { ...SUCCESS, stop_reason: "tool_deferred", terminal_reason: "tool_deferred" },
    ],
    ["refused", "refusal", { ...SUCCESS, stop_reason: "refusal" }],
    ["refused", "refusal", { ...ERROR, stop_reason: "refusal" }, { api_error: "invalid_request" }],
    // Old versions state it in the message only.
    ["refused", "refusal", ERROR, { stopReason: "refusal" }],
  ]);
});

Deno.test("a truncated result is a success only if it states that and the model has spoken", () => {
  const stated: JsonObject = { subtype: "success", is_error: false };
  const truncated = { truncated: true };
  assertRows([
    ["success", undefined, stated, truncated],
    ["refused", "refusal", stated, { ...truncated, stopReason: "refusal" }],
    ["failed", "truncated_result", stated, { ...truncated, ...UNANSWERED }],
    ["failed", "truncated_result", { subtype: "success", is_error: true }, truncated],
    ["failed", "truncated_result", { subtype: "error_during_execution" }, truncated],
    ["limit", "turns", { subtype: "error_max_turns" }, truncated],
    ["api", "overloaded", { ...ERROR, api_error_status: 529 }, truncated],
  ]);
});

Deno.test("a prompt that does not reach the model is a failure, unless a command answers", () => {
  const local = (result: string): JsonObject => ({
    subtype: "success",
    is_error: false,
    num_turns: 0,
    result,
  });
  const commandOutput = (isError: boolean, text: string): Evidence => ({
    ...UNANSWERED,
    commandOutput: { isError, text },
  });
  assertRows([
    [
      "failed",
      "prompt_blocked",
      local("UserPromptSubmit operation blocked by hook:\nno cats\n\nOriginal prompt: cats"),
      UNANSWERED,
    ],
    ["failed", "prompt_blocked", local("Operation stopped by hook: stop it"), UNANSWERED],
    ["failed", "unknown_command", local("Unknown command: /nope"), UNANSWERED],
    ["failed", "unknown_command", local("Unknown command: /nope"), {
      ...UNANSWERED,
      isBilled: true,
    }],
    ["failed", "unknown_command", local("Unknown slash command: nope"), UNANSWERED],
    ["failed", "unknown_command", local("Unknown skill: nope"), UNANSWERED],
    [
      "failed",
      "command_failed",
      local('Shell command failed for pattern "!`cat x`": [stderr]\ncat: x'),
      UNANSWERED,
    ],
    ["failed", "command_failed", local(""), commandOutput(true, "Error: Bash command failed")],
    [
      "failed",
      "command_failed",
      local(""),
      { ...UNANSWERED, syntheticText: "Error: No messages to compact" },
    ],
    // Old versions do not say what happened.
    ["failed", "unexplained", { ...local(""), num_turns: 1 }, UNANSWERED],
    ["success", undefined, local("Total cost: $0"), UNANSWERED],
    ["success", undefined, local(""), commandOutput(false, "Total cost: $0")],
    ["success", undefined, local(""), commandOutput(false, "")],
    ["success", undefined, local(""), { ...UNANSWERED, hasChangedConversation: true }],
    ["success", undefined, local(""), { ...UNANSWERED, syntheticText: "(no content)" }],
    // The model has worked, but its messages are not in the recording.
    ["success", undefined, { ...SUCCESS, result: "" }, { ...UNANSWERED, isBilled: true }],
    ["success", undefined, { ...SUCCESS, result: "Error: is the word" }, UNANSWERED],
  ]);
  const silent = judge(local(""), UNANSWERED);
  assert(silent?.message.includes("did not pass the prompt"), silent?.message);
});

Deno.test("a limit that the caller has set is reached", () => {
  assertRows([
    ["limit", "turns", { subtype: "error_max_turns" }],
    ["limit", "turns", { subtype: "error_max_turns", is_error: false }],
    ["limit", "budget", { subtype: "error_max_budget_usd", is_error: true }],
    ["output", "output_schema", { subtype: "error_max_structured_output_retries" }],
  ]);
});

Deno.test("the usage limit of a plan is not an error of the API", () => {
  const text = (result: string): JsonObject => ({ ...ERROR, result });
  const limited = { api_error: "rate_limit" };
  assertRows([
    ["quota", "usage_limit", text("Claude AI usage limit reached|1749924000")],
    [
      "quota",
      "usage_limit",
      { ...text("Claude AI usage limit reached|1749924000"), is_error: false },
      UNANSWERED,
    ],
    ["quota", "usage_limit", text("You've hit your session limit · resets 3pm"), limited],
    ["quota", "usage_limit", text("API Error: Request rejected (429)"), {
      ...limited,
      isLimitReached: true,
    }],
    ["api", "rate_limit", text("API Error: Request rejected (429)"), limited],
    ["success", undefined, { ...SUCCESS, result: "5-hour limit reached is what it means" }],
    ["success", undefined, SUCCESS, { isLimitReached: true }],
  ]);
});

Deno.test("a rejected credential is recognized by status, name or text", () => {
  const byText = (result: string): Row => ["auth", "credential", { ...ERROR, result }];
  assertRows([
    ["auth", "credential", { ...ERROR, api_error_status: 401 }],
    ["auth", "credential", ERROR, { api_error: "oauth_org_not_allowed" }],
    ["auth", "account", ERROR, { api_error: "account_on_hold" }],
    ["auth", "cloud_credential", ERROR, { api_error: "cloud_credential_error" }],
    ["auth", "credit", ERROR, { api_error: "billing_error" }],
    ["auth", "credit", { ...ERROR, result: "Credit balance is too low" }],
    byText("Invalid API key · Fix external API key"),
    byText("Not logged in · Please run /login"),
    byText("Failed to authenticate. API Error: 403 no"),
    byText("OAuth token has expired"),
  ]);
});

Deno.test("the errors of the API are recognized", () => {
  const byText = (result: string): readonly [JsonObject, Evidence] => [
    { ...ERROR, result },
    { api_error: "server_error" },
  ];
  assertRows([
    ["api", "overloaded", { ...ERROR, api_error_status: 529 }],
    ["api", "overloaded", { ...ERROR, api_error_status: 500 }],
    ["api", "rate_limit", { ...ERROR, api_error_status: 429 }],
    ["api", "model_not_found", { ...ERROR, api_error_status: 404 }],
    ["api", "model_not_found", ERROR, { api_error: "model_not_found" }],
    ["api", "output_limit", ERROR, { api_error: "max_output_tokens" }],
    ["api", "api_error", { ...ERROR, api_error_status: 400 }, { api_error: "invalid_request" }],
    ["api", "api_error", { ...ERROR, result: " \n" }, { api_error: "unknown" }],
    ["api", "prompt_too_long", ...byText("Prompt is too long")],
    [
      "api",
      "context_window",
      ...byText("API Error: The model has reached its context window limit."),
    ],
    ["api", "connection", ...byText("API Error: Connection error.")],
    ["api", "connection", ...byText("API Error: Unable to connect to API (ConnectionRefused)")],
  ]);
});

Deno.test("a refusal to start is recognized only in a result without turns", () => {
  const errors = ["No conversation found with session ID: s1"];
  const result = { subtype: "error_during_execution", is_error: true, errors };
  assertRows([
    ["usage", "unknown_session", { ...result, num_turns: 0 }],
    ["failed", "agent_error", { ...result, num_turns: 1 }],
  ]);
});

Deno.test("any other failure is explained", () => {
  const subtype = "error_during_execution";
  const errors = ["one\r\n  two", "three"];
  assertRows([
    ["failed", "interrupted", { subtype, terminal_reason: "aborted_tools" }],
    ["failed", "unexplained", { subtype: "error_of_tomorrow" }],
    ["failed", "unexplained", { is_error: true }],
    ["failed", "unexplained", {}],
    ["failed", "agent_error", { subtype, errors }],
  ]);
  assertEquals(judge({ subtype, errors })?.message, "one two; three");
  const unknown = judge({ subtype: "error_of_tomorrow" })?.message;
  assert(unknown?.includes("error_of_tomorrow"), unknown);
});
