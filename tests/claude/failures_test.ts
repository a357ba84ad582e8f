import { assert, assertEquals } from "@std/assert";
import {
  explainMissingResult,
  explainRejectedCredential,
  explainResult,
  explainRetry,
  oneLine,
  resumeHint,
} from "../../lib/claude/failures.ts";
import { readResult } from "../../lib/claude/result_event.ts";
import { createEventFactory } from "../../lib/events.ts";
import type { Failure } from "../../lib/errors.ts";
import type { JsonObject } from "../support/json.ts";

const stamp = createEventFactory(() => null);

/** The failure that a message of type result is. */
function explain(message: JsonObject, apiError?: string, sessionId?: string): Failure {
  const failed = { type: "result", is_error: true, num_turns: 1, ...message };
  const result = readResult(failed);
  const body = apiError === undefined ? result : { ...result, api_error: apiError };
  return explainResult(stamp(body), sessionId);
}

/** Fails unless it is of this kind, in one line that has these words, with a hint that has those. */
function assertFailure(
  failure: Failure,
  kind: Failure["kind"],
  words: string,
  hint?: string,
): void {
  const told = JSON.stringify(failure);
  assertEquals(failure.kind, kind, told);
  assert(failure.message !== "" && !/[\r\n]/.test(failure.message), told);
  assert(failure.message.includes(words), told);
  if (hint === undefined) assertEquals(failure.hint, undefined, told);
  else assert(failure.hint?.includes(hint), told);
}

Deno.test("explainResult tells which limit was reached and how to go on", () => {
  const turns = { subtype: "error_max_turns", errors: ["Reached maximum number of turns (2)"] };
  assertFailure(explain(turns, undefined, "s1"), "limit", "turns (2)", "--max-turns");
  assertFailure(explain(turns, undefined, "s1"), "limit", "turns (2)", "--resume s1");
  assertFailure(explain({ subtype: "error_max_turns" }), "limit", "turn limit", "--max-turns");
  const budget = { subtype: "error_max_budget_usd" };
  assertFailure(explain(budget), "limit", "budget", "--max-budget-usd");
});

Deno.test("explainResult takes 2.0.25's turn limit for one, though it is no error there", () => {
  const turns = { subtype: "error_max_turns", is_error: false };
  assertFailure(explain(turns), "limit", "turn limit", "--max-turns");
});

Deno.test("explainResult tells that no output fits the schema", () => {
  const subtype = "error_max_structured_output_retries";
  assertFailure(explain({ subtype }), "output", "JSON Schema", "schema");
});

Deno.test("explainResult tells a refused credential by status, name or text", () => {
  const result = "Failed: no";
  const byStatus = { subtype: "success", api_error_status: 401, result };
  assertFailure(explain(byStatus), "auth", "Failed: no", "ANTHROPIC_API_KEY");
  const byName = { subtype: "success", result };
  assertFailure(explain(byName, "oauth_org_not_allowed"), "auth", "Failed: no", "log in");
  const texts = [
    "Invalid API key · Fix external API key",
    "Invalid API key · Please run /login",
    "Not logged in · Please run /login",
    "Failed to authenticate. API Error: 403 no",
    "OAuth token has expired",
  ];
  for (const text of texts) {
    assertFailure(explain({ subtype: "success", result: text }), "auth", text, "ANTHROPIC_API_KEY");
  }
});

Deno.test("explainResult tells that the account is empty", () => {
  const result = { subtype: "success", result: "Credit balance is too low" };
  assertFailure(explain(result), "auth", "Credit balance", "credit");
  assertFailure(explain(result, "billing_error"), "auth", "Credit balance", "credit");
  assertFailure(
    explain({ subtype: "success", result: "no" }, "cloud_credential_error"),
    "auth",
    "no",
    "cloud",
  );
});

Deno.test("explainResult tells a failure of the API and what can be done about it", () => {
  const api = (fields: JsonObject, error?: string) =>
    explain({ subtype: "success", result: "API Error: no", ...fields }, error);
  assertFailure(api({ api_error_status: 529 }), "api", "API Error: no", "later");
  assertFailure(api({ api_error_status: 500 }), "api", "API Error: no", "--fallback-model");
  assertFailure(api({ api_error_status: 429 }), "api", "API Error: no", "wait");
  assertFailure(api({ api_error_status: 404 }), "api", "API Error: no", "--model");
  assertFailure(api({}, "model_not_found"), "api", "API Error: no", "--model");
  assertFailure(api({}, "max_output_tokens"), "api", "API Error: no", "MAX_OUTPUT_TOKENS");
  assertFailure(api({ api_error_status: 400 }, "invalid_request"), "api", "API Error: no");
});

Deno.test("explainResult knows what to do about failures that only their words tell", () => {
  const said = (result: string) => explain({ subtype: "success", result }, "server_error");
  assertFailure(said("Prompt is too long"), "api", "too long", "shorten");
  for (
    const words of [
      "Connection error.",
      "Unable to connect to API (ConnectionRefused)",
      "Connection refused — a firewall or proxy may be blocking it (ECONNREFUSED)",
    ]
  ) assertFailure(said(`API Error: ${words}`), "api", words, "ANTHROPIC_BASE_URL");
});

Deno.test("explainResult has words for a failure of the API that says nothing", () => {
  assertFailure(explain({ subtype: "success", result: " \n" }, "unknown"), "api", "unknown");
  assertFailure(explain({ subtype: "success", api_error_status: 400 }), "api", "HTTP 400");
  assertFailure(
    explain({ subtype: "success", api_error_status: 403 }),
    "auth",
    "HTTP 403",
    "log in",
  );
});

Deno.test("explainResult tells that a session does not exist, and how an interrupted one goes on", () => {
  const subtype = "error_during_execution";
  const errors = ["No conversation found with session ID: s1"];
  const lost = explain({ subtype, errors, num_turns: 0 });
  assertFailure(lost, "failed", "No conversation found", "--cwd");
  const aborted = { subtype, terminal_reason: "aborted_tools", errors: ["[ede_diagnostic] x"] };
  assertFailure(explain(aborted, undefined, "s1"), "failed", "interrupted", "--resume s1");
});

Deno.test("explainResult says what it can of any other end, on one line", () => {
  assertFailure(explain({ subtype: "error_of_tomorrow" }), "failed", "error_of_tomorrow");
  const errors = ["one\r\n  two", "three"];
  assertFailure(explain({ subtype: "error_during_execution", errors }), "failed", "one two; three");
});

function retryOf(fields: { reason?: string; http_status?: number }) {
  return stamp({
    type: "retry",
    attempt: 2,
    max_retries: 10,
    delay_ms: 1,
    reason: "unknown",
    ...fields,
  });
}

Deno.test("explainRejectedCredential names the reason and the status", () => {
  const retry = retryOf({ reason: "authentication_failed", http_status: 401 });
  assertFailure(
    explainRejectedCredential(retry),
    "auth",
    "authentication_failed (HTTP 401)",
    "log in",
  );
});

Deno.test("explainRetry says what claude was still trying when it ended", () => {
  const overloaded = retryOf({ reason: "overloaded", http_status: 529 });
  assertFailure(explainRetry(overloaded), "api", "overloaded (HTTP 529)", "later");
  assertFailure(
    explainRetry(retryOf({ reason: "billing_error" })),
    "auth",
    "billing_error",
    "credit",
  );
  assertFailure(explainRetry(retryOf({})), "api", "did not answer, at retry 2", "network");
  assertFailure(explainRetry(retryOf({ http_status: 400 })), "api", "unknown (HTTP 400)");
});

const ROOT =
  "--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons";

Deno.test("explainMissingResult knows why claude refuses to start, and what to do instead", () => {
  const said = (stderr: string) => explainMissingResult({ code: 1, stderr, rawLines: "" });
  assertFailure(said(ROOT), "failed", "root/sudo", "IS_SANDBOX=1");
  assertFailure(said(ROOT), "failed", "root/sudo", "--permission-mode acceptEdits");
  const lost = "No conversation found with session ID: s1";
  assertFailure(said(lost), "failed", lost, "--cwd");
  assertFailure(said("error: unknown option '--frobnicate'"), "failed", "--frobnicate", "update");
  assertFailure(said("Error: Session ID s1 is already in use."), "failed", "s1", "--resume");
  const bad = 'Error: --resume requires a valid session ID or title ... "nonsense"';
  assertFailure(said(bad), "failed", "nonsense", "UUID");
});

Deno.test("explainMissingResult tells a refused credential, which older versions say outside of the stream", () => {
  const rawLines = "Invalid API key · Fix external API key";
  assertFailure(
    explainMissingResult({ code: 1, stderr: "", rawLines }),
    "auth",
    rawLines,
    "ANTHROPIC_API_KEY",
  );
  const stderr = "Not logged in · Please run /login";
  assertFailure(explainMissingResult({ code: 1, stderr, rawLines: "" }), "auth", stderr, "log in");
});

Deno.test("explainMissingResult gives the exit code and claude's last words", () => {
  const end = (stderr: string, rawLines = "") =>
    explainMissingResult({ code: 3, stderr, rawLines });
  assertFailure(end(""), "failed", "exit code 3", "ccrun doctor");
  assertFailure(end("one\ntwo\n"), "failed", "one two");
  assertFailure(end("", "raw words"), "failed", "raw words");
  assert(!end("stderr", "raw words").message.includes("raw words"));
  const long = end(`begin ${"x".repeat(10_000)} end`);
  assertFailure(long, "failed", "xxx end");
  assert(long.message.length < 500 && !long.message.includes("begin"));
});

Deno.test("explainMissingResult says of a killed claude that it was killed", () => {
  const killed = explainMissingResult({ signal: "SIGKILL", stderr: "last words", rawLines: "" });
  assertFailure(killed, "failed", "SIGKILL", "memory");
  assert(killed.message.includes("last words"));
  assertFailure(
    explainMissingResult({ signal: "SIGSEGV", stderr: "", rawLines: "" }),
    "failed",
    "SIGSEGV",
  );
});

Deno.test("explainMissingResult says how to go on with a session that there is", () => {
  const ended = { stderr: "", rawLines: "", sessionId: "s1" };
  assertFailure(
    explainMissingResult({ ...ended, code: 1 }),
    "failed",
    "exit code 1",
    "--resume s1",
  );
  assertFailure(
    explainMissingResult({ ...ended, signal: "SIGTERM" }),
    "failed",
    "SIGTERM",
    "--resume s1",
  );
  assertFailure(
    explainMissingResult({ ...ended, signal: "SIGKILL" }),
    "failed",
    "SIGKILL",
    "memory",
  );
  // What refuses to start does not start either when it is to go on.
  const refused = explainMissingResult({ ...ended, code: 1, stderr: ROOT });
  assert(!refused.hint?.includes("--resume"), refused.hint);
});

Deno.test("explainMissingResult speaks of no exit code where nobody knows it", () => {
  const end = explainMissingResult({ stderr: "", rawLines: "" });
  assertFailure(end, "failed", "without a result", "cut short");
  assert(!/exit code/.test(end.message), end.message);
});

Deno.test("oneLine joins lines, whatever ends them", () => {
  assertEquals(oneLine("  a \r\n\n b\rc\n"), "a b c");
  assertEquals(oneLine("a  b"), "a  b");
  assertEquals(oneLine(" \n "), "");
});

Deno.test("resumeHint names the session, where there is one", () => {
  assert(resumeHint("s1")?.includes("--resume s1"));
  assertEquals(resumeHint(undefined), undefined);
});
