import { assert, assertEquals } from "@std/assert";
import { finalEvents, resolveFailure, type RunOutcomeInput } from "../../lib/run/final_events.ts";
import {
  createEventFactory,
  type EventBody,
  type EventOf,
  type RunEvent,
  SCHEMA_ID,
} from "../../lib/events.ts";
import { RunState } from "../../lib/run/run_state.ts";
import type { EndingSignal, FailureReason } from "../../lib/exit_codes.ts";
import type { Failure } from "../../lib/errors.ts";
import { assertEvents } from "../support/event_schema.ts";

const START: EventBody<"start"> = {
  type: "start",
  schema: SCHEMA_ID,
  ccrun: "1.2.3",
  time: null,
  claude: null,
  cwd: null,
};
const RESULT: EventBody<"result"> = {
  type: "result",
  ok: true,
  subtype: "success",
  text: "Done.",
  turns: 2,
  duration_ms: 1,
  api_duration_ms: 1,
  cost_usd: 0.5,
  usage: { input: 1, output: 2, cache_read: 3, cache_write: 4 },
  denials: [],
  errors: [],
};
const INFO: EventBody<"session_info"> = {
  type: "session_info",
  session_id: "s1",
  cwd: "/home/dev",
};

interface Ended {
  notices: EventOf<"notice">[];
  error: EventOf<"error">["error"] | undefined;
  exit: EventOf<"exit">;
}

/** Returns the ending of a run with these events. */
function end(bodies: readonly EventBody[], ending: Partial<RunOutcomeInput> = {}): Ended {
  const createEvent = createEventFactory(() => null);
  const state = new RunState();
  const events: RunEvent[] = [createEvent(START)];
  for (const body of bodies) {
    const event = createEvent(body);
    state.record(event);
    events.push(event);
  }
  const last = [...finalEvents(createEvent, { state, durationMs: null, ...ending })];
  assertEvents([...events, ...last]);
  const exit = last.at(-1);
  assert(exit?.type === "exit");
  const error = last.find((event) => event.type === "error");
  return { notices: last.filter((event) => event.type === "notice"), error: error?.error, exit };
}

function stopped(
  failure: Failure,
  { signal, isAfterResult = false }: { signal?: EndingSignal; isAfterResult?: boolean } = {},
): Pick<RunOutcomeInput, "stop"> {
  return { stop: { reason: { failure, signal }, isAfterResult } };
}

Deno.test("finalEvents yields only exit after a success", () => {
  const { notices, error, exit } = end([INFO, RESULT], {
    claudeExitCode: 0,
    stderr: "a warning",
    durationMs: 7,
  });
  assertEquals([notices, error], [[], undefined]);
  const { type: _type, seq: _seq, time_ms: _time, ...fields } = exit;
  assertEquals(fields, {
    code: 0,
    reason: "success",
    ok: true,
    session_id: "s1",
    claude_exit_code: 0,
    turns: 2,
    cost_usd: 0.5,
    usage: { input: 1, output: 2, cache_read: 3, cache_write: 4 },
    duration_ms: 7,
  });
});

Deno.test("finalEvents never copies claude's exit code", () => {
  assertEquals(end([RESULT], { claudeExitCode: 1 }).exit.code, 0);
  assertEquals(end([{ ...RESULT, ok: false }], { claudeExitCode: 0 }).exit.code, 1);
  assertEquals(end([], { claudeExitCode: 0 }).exit.code, 1);
});

Deno.test("finalEvents uses the last of several results", () => {
  const bad: EventBody = { ...RESULT, ok: false, subtype: "error_max_turns" };
  assertEquals(end([bad, RESULT]).exit.reason, "success");
  assertEquals(end([RESULT, bad]).exit.reason, "limit");
  assertEquals(end([RESULT, { ...RESULT, turns: 1 }]).exit.turns, 3);
});

Deno.test("finalEvents reports stderr only when the run failed", () => {
  assertEquals(end([RESULT], { stderr: "x" }).exit.stderr, undefined);
  assertEquals(end([], { stderr: "x" }).exit.stderr, "x");
  assertEquals(end([], { stderr: "" }).exit.stderr, undefined);
});

Deno.test("finalEvents explains a missing result with the end of stderr", () => {
  const { error } = end([], {
    claudeExitCode: 1,
    stderr: "cannot be used with root/sudo privileges",
  });
  assert(error?.message.includes("root/sudo") && error.hint?.includes("IS_SANDBOX"));
  const raw = end([{ type: "raw", content: "some words" }], { claudeExitCode: 1 });
  assert(raw.error?.message.includes("some words"));
  const killed = end([], { claudeSignal: "SIGKILL" });
  assert(killed.error?.message.includes("SIGKILL"));
  assertEquals(killed.exit.claude_signal, "SIGKILL");
});

Deno.test("finalEvents explains a missing result with an open retry", () => {
  const retry: EventBody<"retry"> = {
    type: "retry",
    attempt: 10,
    max_retries: 10,
    delay_ms: 1,
    http_status: 529,
    reason: "overloaded",
  };
  assertEquals(end([retry], { claudeExitCode: 1 }).exit.reason, "api");
  assertEquals(end([{ ...retry, reason: "billing_error" }]).exit.reason, "auth");
  assertEquals(end([retry, RESULT]).exit.reason, "success");
  // A signal explains more.
  assert(end([retry], { claudeSignal: "SIGKILL" }).error?.message.includes("SIGKILL"));
});

Deno.test("finalEvents prints how to resume a stopped run", () => {
  const terminate: Failure = { kind: "terminate", message: "stopped by SIGTERM" };
  const input = stopped(terminate, { signal: "SIGTERM" });
  const { error, exit } = end([INFO], { ...input, durationMs: 5 });
  assert(error?.hint?.includes("--resume s1"));
  // Nothing can resume a replay.
  assertEquals(end([INFO], input).error?.hint, undefined);
  assertEquals([exit.code, exit.signal], [143, "SIGTERM"]);
  assertEquals(end([], stopped(terminate)).error?.hint, undefined);
  const hinted = end([INFO], stopped({ ...terminate, hint: "first this" }));
  assertEquals(hinted.error?.hint, "first this");
});

Deno.test("finalEvents ignores a result that follows a stop", () => {
  const terminate: Failure = { kind: "terminate", message: "stopped by SIGTERM" };
  assertEquals(end([RESULT], stopped(terminate)).exit.reason, "terminate");
  const pipe: Failure = { kind: "pipe", message: "the reader went away" };
  assertEquals(end([RESULT], stopped(pipe, { isAfterResult: true })).exit.reason, "success");
});

Deno.test("finalEvents prefers a known failure to the events", () => {
  const failed: Failure = { kind: "not_executable", message: "not Claude Code" };
  assertEquals(end([], { failed }).error, failed);
  const internal: Failure = { kind: "internal", message: "a fault" };
  assertEquals(end([RESULT], { internal }).exit.code, 70);
});

Deno.test("finalEvents requires structured output only if it was requested and the run succeeded", () => {
  const output: EventBody = { ...RESULT, structured_output: { n: 1 } };
  assertEquals(end([RESULT], { wantsOutput: true }).exit.code, 6);
  assertEquals(end([output], { wantsOutput: true }).exit.code, 0);
  assertEquals(end([RESULT], { wantsOutput: false }).exit.code, 0);
  assertEquals(end([{ ...RESULT, ok: false }], { wantsOutput: true }).exit.code, 1);
});

function denied(id: string, name: string): EventBody<"permission_denied"> {
  return { type: "permission_denied", tool_use_id: id, name };
}

Deno.test("finalEvents lists the denied calls and what allows them", () => {
  const events: EventBody[] = [
    INFO,
    { type: "tool_use", id: "a", name: "Bash", input: { command: "ls" } },
    denied("a", "Bash"),
    denied("b", "WebSearch"),
    RESULT,
  ];
  for (const failOnDenied of [false, true]) {
    const { notices, exit } = end(events, { failOnDenied });
    const [notice, ...more] = notices;
    assertEquals([notice?.level, notice?.kind, more], ["warning", "denied", []]);
    assert(notice?.text.includes("2 tool calls denied. To allow them: "), notice?.text);
    assert(notice?.text.includes("--allowed-tools 'Bash(ls:*)'"), notice?.text);
    assert(notice?.text.includes("--allowed-tools WebSearch"), notice?.text);
    assertEquals(exit.code, failOnDenied ? 7 : 0);
  }
});

Deno.test("finalEvents suggests --add-dir for a file outside the workspace", () => {
  const use: EventBody = {
    type: "tool_use",
    id: "a",
    name: "Read",
    input: { file_path: "/etc/x" },
  };
  const [notice] = end([INFO, use, denied("a", "Read"), RESULT]).notices;
  assert(notice?.text.includes("--add-dir /etc"), notice?.text);
});

Deno.test("finalEvents names each denied tool once, up to a limit", () => {
  const names = [..."ABCDEFGHIJKLMNOPQRSTUV", "A"];
  const [notice] = end([...names.map((name, id) => denied(`${id}`, name)), RESULT]).notices;
  assert(notice?.text.includes("23 tool calls denied"), notice?.text);
  assertEquals(notice?.text.match(/--allowed-tools A\b/g)?.length, 1);
  assert(notice?.text.endsWith(", and 2 more"), notice?.text);
});

Deno.test("finalEvents counts a single denied call", () => {
  const [notice] = end([denied("a", "WebSearch"), RESULT]).notices;
  const what = "1 tool call denied. To allow it: --allowed-tools WebSearch";
  assertEquals(notice?.text, what);
});

Deno.test("finalEvents writes a failure on one line", () => {
  const failed: Failure = { kind: "usage", message: "cannot read a\nb\r\nc" };
  assertEquals(end([], { failed }).error?.message, "cannot read a b c");
});

Deno.test("resolveFailure ranks: internal, stopped, failed, missing output, denied", () => {
  const createEvent = createEventFactory(() => 0);
  const state = new RunState();
  state.record(createEvent({ type: "permission_denied", tool_use_id: "t", name: "Bash" }));
  state.record(createEvent(RESULT));
  const reason = { failure: { kind: "timeout", message: "too long" } } as const;
  const ranked: readonly (readonly [FailureReason, Partial<RunOutcomeInput>])[] = [
    ["internal", { internal: { kind: "internal", message: "a fault" } }],
    ["timeout", { stop: { reason, isAfterResult: false } }],
    ["api", { failed: { kind: "api", message: "overloaded" } }],
    ["output", { wantsOutput: true }],
    ["denied", { failOnDenied: true }],
  ];
  for (const [index, [kind, input]] of ranked.entries()) {
    const base = { state, durationMs: 1 };
    const all = Object.assign({}, ...ranked.slice(index).map(([, input]) => input));
    const kinds = [input, all].map((input) => resolveFailure({ ...base, ...input })?.kind);
    assertEquals(kinds, [kind, kind]);
  }
  assertEquals(resolveFailure({ state, durationMs: 1 }), undefined);
});
