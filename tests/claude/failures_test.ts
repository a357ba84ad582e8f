import { assert, assertEquals } from "@std/assert";
import {
  classifyMissingResult,
  classifyRejectedCredential,
  classifyResult,
  classifyRetry,
  type FailureCause,
  outputExcerpt,
} from "../../lib/claude/failures.ts";
import { readResult } from "../../lib/claude/result_event.ts";
import { createEventFactory } from "../../lib/events.ts";
import type { FailureReason } from "../../lib/exit_codes.ts";
import type { JsonObject } from "../support/json.ts";

const stamp = createEventFactory(() => null);

type Row = readonly [kind: FailureReason, cause: FailureCause | undefined, message: JsonObject];

/** Classifies a result. `api_error` is what an earlier message stated. */
function classify({ api_error, ...message }: JsonObject) {
  const result = readResult({ type: "result", is_error: true, num_turns: 1, ...message });
  return classifyResult(stamp(
    typeof api_error === "string" ? { ...result, api_error } : result,
  ));
}

function assertRows(rows: readonly Row[]): void {
  for (const [kind, cause, message] of rows) {
    const failure = classify(message);
    assertEquals([failure.kind, failure.cause], [kind, cause], JSON.stringify(message));
    assert(failure.message !== "" && !/[\r\n]/.test(failure.message), failure.message);
  }
}

Deno.test("classifyResult distinguishes the limits", () => {
  assertRows([
    ["limit", "turns", { subtype: "error_max_turns" }],
    ["limit", "turns", { subtype: "error_max_turns", is_error: false }],
    ["limit", "budget", { subtype: "error_max_budget_usd" }],
    ["output", "output_schema", { subtype: "error_max_structured_output_retries" }],
  ]);
});

Deno.test("classifyResult recognizes a rejected credential by status, name or text", () => {
  const success = { subtype: "success", result: "Failed: no" };
  const byText = (result: string): Row => ["auth", "credential", { subtype: "success", result }];
  assertRows([
    ["auth", "credential", { ...success, api_error_status: 401 }],
    ["auth", "credential", { ...success, api_error: "oauth_org_not_allowed" }],
    ["auth", "account", { ...success, api_error: "account_on_hold" }],
    ["auth", "cloud_credential", { ...success, api_error: "cloud_credential_error" }],
    ["auth", "credit", { ...success, api_error: "billing_error" }],
    ["auth", "credit", { subtype: "success", result: "Credit balance is too low" }],
    byText("Invalid API key · Fix external API key"),
    byText("Not logged in · Please run /login"),
    byText("Failed to authenticate. API Error: 403 no"),
    byText("OAuth token has expired"),
  ]);
});

Deno.test("classifyResult recognizes the errors of the API", () => {
  const api = { subtype: "success", result: "API Error: no" };
  const byText = (text: string) => ({ ...api, api_error: "server_error", result: text });
  assertRows([
    ["api", "overloaded", { ...api, api_error_status: 529 }],
    ["api", "overloaded", { ...api, api_error_status: 500 }],
    ["api", "rate_limit", { ...api, api_error_status: 429 }],
    ["api", "model_not_found", { ...api, api_error_status: 404 }],
    ["api", "model_not_found", { ...api, api_error: "model_not_found" }],
    ["api", "output_limit", { ...api, api_error: "max_output_tokens" }],
    ["api", undefined, { ...api, api_error_status: 400, api_error: "invalid_request" }],
    ["api", undefined, { subtype: "success", result: " \n", api_error: "unknown" }],
    ["api", "prompt_too_long", byText("Prompt is too long")],
    [
      "api",
      "context_window",
      byText("API Error: The model has reached its context window limit."),
    ],
    ["api", "connection", byText("API Error: Connection error.")],
    ["api", "connection", byText("API Error: Unable to connect to API (ConnectionRefused)")],
  ]);
});

Deno.test("classifyResult recognizes a refusal to start only in a result without turns", () => {
  const errors = ["No conversation found with session ID: s1"];
  const result = { subtype: "error_during_execution", errors };
  assertRows([
    ["failed", "unknown_session", { ...result, num_turns: 0 }],
    ["failed", undefined, { ...result, num_turns: 1 }],
  ]);
});

Deno.test("classifyResult explains any other failure", () => {
  const subtype = "error_during_execution";
  assertRows([
    ["failed", "interrupted", { subtype, terminal_reason: "aborted_tools" }],
    ["failed", "unexplained", { subtype: "error_of_tomorrow" }],
    ["failed", undefined, { subtype, errors: ["one\r\n  two", "three"] }],
  ]);
  assertEquals(classify({ subtype, errors: ["one\r\n  two", "three"] }).message, "one two; three");
  assert(classify({ subtype: "error_of_tomorrow" }).message.includes("error_of_tomorrow"));
});

function retry(reason: string, http_status?: number) {
  const body = { attempt: 2, max_retries: 10, delay_ms: 1, reason };
  return stamp({ type: "retry", ...body, ...(http_status === undefined ? {} : { http_status }) });
}

Deno.test("classifyRetry distinguishes a rejected credential from other API errors", () => {
  const causeOf = (...args: Parameters<typeof retry>) => {
    const { kind, cause } = classifyRetry(retry(...args));
    return [kind, cause];
  };
  assertEquals(causeOf("overloaded", 529), ["api", "overloaded"]);
  assertEquals(causeOf("billing_error"), ["auth", "credit"]);
  assertEquals(causeOf("unknown"), ["api", "connection"]);
  assertEquals(causeOf("unknown", 400), ["api", undefined]);
});

Deno.test("classifyRejectedCredential names the error and the status", () => {
  const { kind, message } = classifyRejectedCredential(retry("authentication_failed", 401));
  assertEquals(kind, "auth");
  assert(message.includes("authentication_failed (HTTP 401)"), message);
});

Deno.test("classifyMissingResult knows why claude refuses to start", () => {
  const rows: readonly (readonly [FailureCause, string])[] = [
    ["root", "--dangerously-skip-permissions cannot be used with root/sudo privileges"],
    ["unknown_session", "No conversation found with session ID: s1"],
    ["unknown_option", "error: unknown option '--frobnicate'"],
    ["session_in_use", "Error: Session ID s1 is already in use."],
    ["invalid_session_id", 'Error: --resume requires a valid session ID or title ... "nonsense"'],
    ["invalid_choice", "error: argument 'x' is invalid. Allowed choices are a, b."],
  ];
  for (const [cause, stderr] of rows) {
    const failure = classifyMissingResult({ code: 1, stderr, rawLines: "" });
    assertEquals([failure.kind, failure.cause], ["failed", cause], stderr);
    assert(failure.message.includes(stderr.replace(/^error: /i, "")), failure.message);
  }
});

Deno.test("classifyMissingResult takes linear time on hostile text", () => {
  for (const piece of ["argument ", "Session ID "]) {
    const failure = classifyMissingResult({ code: 1, stderr: piece.repeat(400_000), rawLines: "" });
    assertEquals([failure.kind, failure.cause], ["failed", "interrupted"]);
  }
});

Deno.test("classifyMissingResult recognizes a rejected credential outside the stream", () => {
  const rawLines = "Invalid API key · Fix external API key";
  assertEquals(classifyMissingResult({ code: 1, stderr: "", rawLines }).kind, "auth");
  const stderr = "Not logged in · Please run /login";
  assertEquals(classifyMissingResult({ code: 1, stderr, rawLines: "" }).kind, "auth");
});

Deno.test("classifyMissingResult names the exit code or the signal, and repeats the end of stderr", () => {
  const failed = (exit: { code?: number; signal?: string; stderr?: string; rawLines?: string }) =>
    classifyMissingResult({ stderr: "", rawLines: "", ...exit });
  assertEquals(failed({ code: 3 }).cause, "unexplained");
  assert(failed({ code: 3 }).message.includes("exit code 3"));
  assert(failed({ code: 3, stderr: "one\ntwo\n" }).message.endsWith(": one two"));
  assert(failed({ code: 3, rawLines: "raw" }).message.endsWith(": raw"));
  assert(!failed({ code: 3, stderr: "text", rawLines: "raw" }).message.includes("raw"));
  assertEquals(failed({ signal: "SIGKILL" }).cause, "killed");
  assertEquals(failed({ signal: "SIGSEGV" }).cause, "interrupted");
  assert(
    failed({ signal: "SIGKILL", stderr: "text" }).message.endsWith(
      "SIGKILL without a result: text",
    ),
  );
});

Deno.test("classifyMissingResult mentions no exit code in a replay", () => {
  const { cause, message } = classifyMissingResult({ stderr: "", rawLines: "" });
  assertEquals(cause, "incomplete_recording");
  assert(!message.includes("exit code"), message);
});

Deno.test("outputExcerpt returns the end of a long text", () => {
  const excerpt = outputExcerpt(`begin ${"x".repeat(10_000)} end\n`);
  assert(excerpt.endsWith("xxx end"));
  assert(excerpt.length < 500);
  assertEquals(outputExcerpt("one\ntwo\n"), "one two");
});
