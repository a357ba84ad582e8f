import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, type RunEvent, startBody } from "../../lib/events.ts";
import { finalEvents } from "../../lib/run/final_events.ts";
import type { OutcomeInput } from "../../lib/run/outcome.ts";
import { RunState } from "../../lib/run/run_state.ts";
import { assertEvents } from "../support/event_schema.ts";
import { answer } from "../support/rendered_run.ts";

const RESULT = answer("Done.", {
  turns: 2,
  cost_usd: 0.5,
  usage: { input: 1, output: 2, cache_read: 3, cache_write: 4 },
});
const INFO: EventBody = { type: "session_info", session_id: "s1" };
const DENIED: EventBody = { type: "permission_denied", tool_use_id: "a", name: "Bash" };

/** Returns the final events of a run with these events, without their numbers and times. */
function end(bodies: readonly EventBody[], input: Partial<OutcomeInput> = {}): EventBody[] {
  const createEvent = createEventFactory(() => null);
  const state = new RunState();
  const start = startBody({ time: null, claude: null, cwd: null });
  const events: RunEvent[] = [start, ...bodies].map((body) => createEvent(body));
  events.forEach((event) => state.record(event));
  const last = [...finalEvents(createEvent, { state, durationMs: null, ...input })];
  assertEvents([...events, ...last]);
  return last.map(({ seq: _seq, time_ms: _time, ...body }) => body as EventBody);
}

Deno.test("finalEvents yields only exit after a success", () => {
  const events = end([INFO, RESULT, { ...RESULT, turns: 1 }], {
    claudeExit: { code: 0 },
    stderr: "a warning",
    durationMs: 7,
  });
  assertEquals(events, [{
    type: "exit",
    code: 0,
    reason: "success",
    ok: true,
    session_id: "s1",
    claude_exit_code: 0,
    turns: 3,
    cost_usd: 1,
    usage: { input: 2, output: 4, cache_read: 6, cache_write: 8 },
    duration_ms: 7,
  }]);
});

Deno.test("finalEvents yields an error and what is known about the exit after a failure", () => {
  const failure = { kind: "terminate", message: "stopped\nby SIGTERM" } as const;
  const events = end([], {
    failure,
    signal: "SIGTERM",
    claudeExit: { signal: "SIGKILL" },
    stderr: "killed",
  });
  assertEquals(events, [
    { type: "error", error: { kind: "terminate", message: "stopped by SIGTERM" } },
    {
      type: "exit",
      code: 143,
      reason: "terminate",
      ok: false,
      signal: "SIGTERM",
      claude_signal: "SIGKILL",
      stderr: "killed",
      turns: null,
      cost_usd: null,
      usage: null,
      duration_ms: null,
    },
  ]);
});

Deno.test("finalEvents yields the denied calls first", () => {
  const typesOf = (input: Partial<OutcomeInput>) =>
    end([DENIED, RESULT], input).map(({ type }) => type);
  assertEquals(typesOf({}), ["notice", "exit"]);
  assertEquals(typesOf({ failOnDenied: true }), ["notice", "error", "exit"]);
});

Deno.test("kind G: a usage limit is the reason quota, with its reset in the error and the exit", () => {
  const resets_at = "2026-11-26T19:00:00.000Z";
  const limit: EventBody = { type: "rate_limit", status: "rejected", kind: "five_hour", resets_at };
  const hit: EventBody = { ...RESULT, ok: false, text: "You've hit your limit · resets 7pm" };
  const old: EventBody = { ...RESULT, ok: false, text: "Claude AI usage limit reached|1795719600" };
  for (const events of [[limit, hit], [old]]) {
    const [error, exit] = end(events);
    assert(error?.type === "error" && exit?.type === "exit");
    assertEquals([error.error.kind, error.error.resets_at], ["quota", resets_at]);
    assertEquals(error.error.hint, `wait until ${resets_at} and try again`);
    assertEquals([exit.code, exit.reason, exit.resets_at], [8, "quota", resets_at]);
  }
  const [, exit] = end([hit]);
  assert(exit?.type === "exit");
  assertEquals([exit.reason, exit.resets_at], ["quota", undefined]);
});
