import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, startBody } from "../../lib/events.ts";
import { type DeniedCall, RunState } from "../../lib/run/run_state.ts";
import { answer } from "../support/rendered_run.ts";

function stateOf(...bodies: readonly EventBody[]): RunState {
  const createEvent = createEventFactory(() => null);
  const state = new RunState();
  for (const body of bodies) state.record(createEvent(body));
  return state;
}

const RESULT = answer("", {
  turns: 2,
  cost_usd: 0.5,
  usage: { input: 1, output: 2, cache_read: 3, cache_write: 4 },
});
const RETRY: EventBody<"retry"> = {
  type: "retry",
  attempt: 1,
  max_retries: 10,
  delay_ms: 1,
  reason: "overloaded",
};
const USE: EventBody<"tool_use"> = {
  type: "tool_use",
  id: "t",
  name: "Bash",
  input: { command: "ls", description: "List" },
};
const DENIED: EventBody<"permission_denied"> = {
  type: "permission_denied",
  tool_use_id: "t",
  name: "Bash",
};

function toolResult(is_error: boolean): EventBody<"tool_result"> {
  const rest = { tool_use_id: "t", name: "Bash", text: "no", duration_ms: null };
  return { type: "tool_result", is_error, ...rest };
}

Deno.test("RunState keeps the last result, unless nobody asked for its turn and it failed", () => {
  const last: EventBody = { ...RESULT, text: "last" };
  assertEquals(stateOf(RESULT, last).result?.text, "last");
  const failed: EventBody = { ...last, ok: false, origin: "task-notification" };
  assertEquals(stateOf(RESULT, failed).result?.text, "");
  assertEquals(stateOf(RESULT, failed).resultFailure, undefined);
  assertEquals(stateOf(failed).resultFailure?.cause, "agent_error");
  assertEquals(stateOf(RESULT, { ...last, ok: false }).resultFailure?.cause, "agent_error");
});

Deno.test("RunState does not take the turn of a killed task for the run's own", () => {
  const empty: EventBody = { ...answer(""), turns: 0, origin: "task-notification" };
  assertEquals(stateOf(empty).hasResult, false);
  assertEquals(stateOf(RESULT, empty).result?.turns, 2);
});

Deno.test("RunState keeps the last session and the last directory", () => {
  const state = stateOf(
    { type: "session_info", session_id: "s1", cwd: "/a" },
    { type: "session_info", session_id: "s2" },
    { type: "session_info", model: "m" },
  );
  assertEquals([state.sessionId, state.cwd], ["s2", "/a"]);
});

Deno.test("RunState keeps a retry until its request succeeds or fails", () => {
  const text: EventBody = { type: "text", text: "", message_id: "", index: 0 };
  const notice: EventBody = { type: "notice", level: "info", kind: "hook", text: "" };
  assertEquals(stateOf(RETRY, notice).openRetry?.attempt, 1);
  assertEquals(stateOf(RETRY, { ...RETRY, attempt: 2 }).openRetry?.attempt, 2);
  for (const body of [text, USE, RESULT]) assertEquals(stateOf(RETRY, body).openRetry, undefined);
});

Deno.test("RunState keeps denied calls, with what is known about each", () => {
  const hook = "PreToolUse:Bash hook error: no";
  const failed = toolResult(true);
  const known: DeniedCall = { name: "Bash", input: { command: "ls" } };
  const byHook: DeniedCall = { ...known, cause: "hook" };
  const byRule: DeniedCall = { ...known, cause: "deny_rule" };
  const rows: readonly [bodies: readonly EventBody[], denied: DeniedCall][] = [
    [[DENIED], { name: "Bash" }],
    [[USE, DENIED], known],
    [[USE, DENIED, failed], known],
    [[USE, failed, DENIED], { ...known, cause: "other" }],
    // What the event states comes before what the text suggests.
    [[USE, { ...DENIED, reason: hook, cause: "deny_rule" }, failed], byRule],
    [[USE, { ...failed, text: hook }, DENIED], byHook],
    // The denial can precede the result, and contains the same text.
    [[USE, { ...DENIED, reason: hook }, failed], byHook],
  ];
  for (const [bodies, denied] of rows) {
    assertEquals([...stateOf(...bodies).deniedCalls], [["t", denied]]);
  }
});

Deno.test("RunState counts how often the API rejects the credential until it accepts it", () => {
  const rejected: EventBody = { ...RETRY, http_status: 401, reason: "authentication_failed" };
  const text: EventBody = { type: "text", text: "a", message_id: "m", index: 0 };
  const rows: readonly [bodies: EventBody[], count: number][] = [
    [[RETRY, rejected, RETRY, rejected], 2],
    [[rejected, text, rejected], 1],
    [[rejected, USE, rejected], 1],
    [[rejected, { ...text, synthetic: true }, rejected], 2],
  ];
  for (const [bodies, count] of rows) {
    assertEquals(stateOf(...bodies).rejectedCredentials, count);
  }
});

Deno.test("RunState keeps only the identifying part of a denied input", () => {
  const input = { file_path: "/a", content: "x".repeat(1_000_000), command: "y".repeat(10_000) };
  const [[, call] = []] = stateOf({ ...USE, input }, DENIED).deniedCalls;
  assertEquals(call?.input, { file_path: "/a", command: "y".repeat(4096) });
});

Deno.test("RunState records whether Claude Code has sent a message", () => {
  const start = startBody({ time: null, claude: null, cwd: null });
  const raw: EventBody = { type: "raw", content: "x" };
  const stderr: EventBody = { type: "notice", level: "info", kind: "stderr", text: "x" };
  assertEquals(stateOf(start, raw, stderr).hasMessages, false);
  assertEquals(stateOf(start, { type: "unknown", event: {} }).hasMessages, true);
});

Deno.test("RunState keeps a limited part of the last lines that are not messages", () => {
  const lines = Array.from({ length: 22 }, (_, line) => `${line} ${"x".repeat(100_000)}`);
  const { rawLines } = stateOf(...lines.map((content): EventBody => ({ type: "raw", content })));
  assertEquals([rawLines.length, rawLines[0]?.split(" ")[0]], [20, "2"]);
  assertEquals(rawLines.every((line) => line.length <= 500), true);
});

Deno.test("RunState keeps the last failed and denied calls, and counts all that were denied", () => {
  const ids = Array.from({ length: 5_000 }, (_, at) => `t${at}`);
  const calls = ids.flatMap((id) => [{ ...USE, id }, { ...toolResult(true), tool_use_id: id }]);
  const state = stateOf(...calls, ...ids.map((id) => ({ ...DENIED, tool_use_id: id })));
  const known = ids.filter((id) => state.deniedCalls.get(id)?.input !== undefined);
  assertEquals(known, ids.slice(-1_000));
  assertEquals([state.deniedCalls.size, state.deniedCount], [1_000, 5_000]);
});
