import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Failure } from "../../lib/errors.ts";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import type { ExitReason } from "../../lib/exit_codes.ts";
import { type OutcomeInput, resolveFailure } from "../../lib/run/outcome.ts";
import { RunState } from "../../lib/run/run_state.ts";
import type { JsonObject } from "../support/json.ts";
import { answer } from "../support/rendered_run.ts";

const RESULT = answer("Done.");
const FAILED: EventBody = { ...RESULT, ok: false, subtype: "error_max_turns" };
const OUTPUT: EventBody = { ...RESULT, structured_output: { n: 1 } };
const DENIED: EventBody = { type: "permission_denied", tool_use_id: "t", name: "Bash" };
const RETRY: EventBody<"retry"> = {
  type: "retry",
  attempt: 10,
  max_retries: 10,
  delay_ms: 1,
  http_status: 529,
  reason: "overloaded",
};
const LIMITED: EventBody = { ...RETRY, http_status: 429, reason: "rate_limit" };
const REJECTED: EventBody<"rate_limit"> = { type: "rate_limit", status: "rejected" };
const BILLING: EventBody = { ...RETRY, reason: "billing_error" };

function failureOf(
  bodies: readonly EventBody[],
  input: Partial<OutcomeInput> = {},
): Failure | undefined {
  const createEvent = createEventFactory(() => null);
  const state = new RunState();
  for (const body of bodies) state.record(createEvent(body));
  return resolveFailure({ state, durationMs: 1, ...input });
}

Deno.test("resolveFailure ranks a known failure, the result, missing output and denied calls", () => {
  const timeout: Failure = { kind: "timeout", message: "too long" };
  const all: Partial<OutcomeInput> = { failure: timeout, wantsOutput: true, failOnDenied: true };
  const rows: readonly [
    bodies: readonly EventBody[],
    input: Partial<OutcomeInput>,
    reason: ExitReason,
  ][] = [
    [[RESULT], {}, "success"],
    [[FAILED, DENIED], all, "timeout"],
    [[FAILED, DENIED], { ...all, failure: undefined }, "limit"],
    [[RESULT, DENIED], { ...all, failure: undefined }, "output"],
    [[OUTPUT, DENIED], { ...all, failure: undefined }, "denied"],
    [[OUTPUT, DENIED], { wantsOutput: true }, "success"],
    // The tool shows that a recorded run had a JSON Schema.
    [[{ type: "session_info", tools: ["Bash", "StructuredOutput"] }, RESULT], {}, "output"],
    [[{ type: "session_info", tools: ["Bash"] }, RESULT], {}, "success"],
    // The last of several results counts.
    [[FAILED, RESULT], {}, "success"],
    [[RESULT, FAILED], {}, "limit"],
    // The exit code of claude does not.
    [[RESULT], { claudeExit: { code: 1 } }, "success"],
    [[FAILED], { claudeExit: { code: 0 } }, "limit"],
    [[], { claudeExit: { code: 0 } }, "failed"],
    // An open retry explains a missing result.
    [[RETRY], { claudeExit: { code: 1 } }, "api"],
    [[BILLING], { claudeExit: { code: 1 } }, "auth"],
    [[RETRY, RESULT], {}, "success"],
    // The plan's limit explains the retry.
    [[LIMITED], { claudeExit: { code: 1 } }, "api"],
    [[REJECTED, LIMITED], { claudeExit: { code: 1 } }, "quota"],
    [[{ ...REJECTED, resets_at: "2027-01-15T08:00:00Z" }, LIMITED], {}, "quota"],
    [[REJECTED, { ...REJECTED, status: "allowed" }, LIMITED], {}, "api"],
  ];
  for (const [index, [bodies, input, reason]] of rows.entries()) {
    assertEquals(failureOf(bodies, input)?.kind ?? "success", reason, `row ${index}`);
  }
});

Deno.test("resolveFailure explains a missing result with what claude wrote, or with its signal", () => {
  const root = failureOf([], {
    claudeExit: { code: 1 },
    stderr: "cannot be used with root/sudo privileges",
  });
  assert(root?.message.includes("root/sudo") && root.hint?.includes("IS_SANDBOX"));
  const raw = failureOf([{ type: "raw", content: "some words" }], { claudeExit: { code: 1 } });
  assert(raw?.message.includes("some words"));
  for (const bodies of [[], [RETRY]]) {
    const killed = failureOf(bodies, { claudeExit: { signal: "SIGKILL" } });
    assert(killed?.message.includes("SIGKILL"));
  }
});

Deno.test("resolveFailure explains a missing result with the error that claude reported", () => {
  const reported = (error: JsonObject): EventBody => {
    const { message: text } = error;
    return {
      type: "notice",
      level: "error",
      kind: "error",
      text: String(text),
      data: { type: "error", error },
    };
  };
  const rows: readonly [error: JsonObject, reason: ExitReason][] = [
    [{ message: "it broke" }, "failed"],
    [{ type: "overloaded_error", message: "Overloaded" }, "api"],
    [{ type: "authentication_error", message: "no" }, "auth"],
    [{ message: "Invalid API key" }, "auth"],
  ];
  for (const [error, reason] of rows) {
    const failure = failureOf([RETRY, reported(error)], { claudeExit: { code: 1 } });
    assertEquals([failure?.kind, failure?.message], [reason, error["message"]]);
  }
  const text: EventBody = { type: "text", text: "a", message_id: "m", index: 0 };
  const answered = failureOf([reported({ message: "it broke" }), text]);
  assert(answered?.message.includes("without a result"), answered?.message);
  assertEquals(failureOf([reported({ message: "it broke" }), RESULT]), undefined);
});

Deno.test("resolveFailure adds how to resume the session after every kind of failure", () => {
  const resume = "ccrun --resume s1";
  const hint = 'resume with: ccrun --resume s1 "..."';
  const stopped: Failure = { kind: "terminate", message: "stopped by SIGTERM" };
  const timeout: Failure = { kind: "timeout", message: "too long", hint: "raise --timeout" };
  const rows: readonly [
    reason: ExitReason,
    bodies: readonly EventBody[],
    input: Partial<OutcomeInput>,
  ][] = [
    ["terminate", [], { failure: stopped }],
    ["timeout", [], { failure: timeout }],
    ["limit", [FAILED], {}],
    ["failed", [{ ...RESULT, ok: false, text: "no" }], {}],
    ["failed", [], { claudeExit: { signal: "SIGKILL" } }],
    ["api", [RETRY], { claudeExit: { code: 1 } }],
    ["auth", [BILLING], { claudeExit: { code: 1 } }],
    ["output", [RESULT], { wantsOutput: true }],
    ["denied", [RESULT, DENIED], { failOnDenied: true }],
  ];
  for (const [reason, bodies, input] of rows) {
    const failure = failureOf(bodies, { ...input, resume });
    assertEquals(failure?.kind, reason);
    assertEquals(failure?.hint?.split(hint).length, 2, `${reason}: ${failure?.hint}`);
    assert(!failureOf(bodies, input)?.hint?.includes("--resume"), reason);
  }
  assertEquals(
    failureOf([], { failure: timeout, resume })?.hint,
    `raise --timeout; ${hint}`,
  );
});

Deno.test("resolveFailure does not resume with a claude that cannot be executed", () => {
  const failure: Failure = { kind: "not_executable", message: "not Claude Code", hint: "run it" };
  assertEquals(failureOf([], { failure, resume: "ccrun --resume s1 --claude /x" }), failure);
});

Deno.test("resolveFailure explains which denial kept the structured output away", () => {
  const denied: EventBody = { ...DENIED, name: "StructuredOutput", cause: "deny_rule" };
  const hint = failureOf([denied, RESULT], { wantsOutput: true })?.hint ?? "";
  assertStringIncludes(hint, "--tools ''");
});
