import { assertThrows } from "@std/assert";
import { assertEvent, assertEvents } from "./event_schema.ts";
import type { JsonObject } from "./json.ts";

const usage = { input: 1, output: 2, cache_read: 3, cache_write: 4 };
const none = { input: 0, output: 0, cache_read: 0, cache_write: 0 };

const START = {
  type: "start",
  seq: 0,
  time_ms: null,
  schema: "ccrun.events/1",
  ccrun: "1.2.3",
  time: null,
  claude: null,
  cwd: null,
};

const RESULT = {
  type: "result",
  seq: 1,
  time_ms: null,
  ok: true,
  subtype: "success",
  text: "hi",
  turns: 1,
  duration_ms: 1,
  api_duration_ms: 1,
  cost_usd: 0.5,
  usage,
  denials: [],
  errors: [],
};

const EXIT = {
  type: "exit",
  seq: 2,
  time_ms: null,
  code: 0,
  reason: "success",
  ok: true,
  turns: 1,
  cost_usd: 0.5,
  usage,
  duration_ms: null,
};

const ERROR = {
  type: "error",
  seq: 1,
  time_ms: null,
  error: { kind: "failed", message: "it broke" },
};
const BROKEN = { ...EXIT, turns: 0, cost_usd: 0, usage: none, ok: false };
const FAILED = {
  ...BROKEN,
  code: 1,
  reason: "failed",
  turns: null,
  cost_usd: null,
  usage: null,
};

/** Streams that break one rule each, with a part of the message. */
const BAD: readonly [rule: string, message: string, events: readonly JsonObject[]][] = [
  ["a misspelled optional field", "additional", [START, { ...RESULT, sesion_id: "a" }, EXIT]],
  ["a missing field", "text", [START, { ...RESULT, text: undefined }, EXIT]],
  ["an undefined field", "JSON", [START, { ...RESULT, session_id: undefined }, EXIT]],
  ["a misspelled field of a nested object", "additional", [
    START,
    { ...ERROR, error: { ...ERROR.error, hnt: "" } },
    FAILED,
  ]],
  ["a number that JSON does not have", "JSON", [START, { ...RESULT, cost_usd: NaN }, EXIT]],
  ["an unknown type", "unknown event type", [START, { ...RESULT, type: "constructor" }, EXIT]],
  ["no start", "first", [{ ...RESULT, seq: 0 }, { ...EXIT, seq: 1 }]],
  ["two starts", "start", [START, { ...START, seq: 1 }, { ...EXIT, turns: 0 }]],
  ["no exit", "last", [START, RESULT]],
  ["an event after exit", "last", [START, EXIT, RESULT]],
  ["a gap in seq", "seq", [START, { ...RESULT, seq: 2 }, { ...EXIT, seq: 3 }]],
  ["a mix of times and null", "null", [
    { ...START, time_ms: 1, claude: { path: "/bin/claude" } },
    RESULT,
    EXIT,
  ]],
  ["a time that decreases", "decrease", [
    { ...START, time_ms: 2 },
    { ...RESULT, time_ms: 1 },
    { ...EXIT, time_ms: 3 },
  ]],
  ["a code that does not match the reason", "code", [START, ERROR, { ...FAILED, code: 2 }]],
  ["ok with a nonzero code", "ok", [START, ERROR, { ...FAILED, ok: true }]],
  ["a failure without an error", "errors", [START, RESULT, { ...FAILED, turns: 1 }]],
  ["an error of another kind", "errors", [
    START,
    ERROR,
    { ...BROKEN, code: 2, reason: "usage" },
  ]],
  ["an error in a successful run", "errors", [START, ERROR, { ...EXIT, turns: 0 }]],
  ["an error that is not just before exit", "before exit", [
    START,
    ERROR,
    { ...RESULT, seq: 2 },
    { ...FAILED, seq: 3 },
  ]],
  ["a message of two lines", "one line", [
    START,
    { ...ERROR, error: { kind: "failed", message: "a\nb" } },
    FAILED,
  ]],
  ["turns that do not add up", "turns", [START, RESULT, { ...EXIT, turns: 2 }]],
  ["a cost that differs from the results", "cost", [START, RESULT, { ...EXIT, cost_usd: 1 }]],
  ["tokens that do not add up", "usage", [START, RESULT, { ...EXIT, usage: none }]],
  ["a cost without a result", "cost", [START, ERROR, { ...FAILED, cost_usd: 0 }]],
  ["a denial that only the result contains", "permission_denied", [
    START,
    { ...RESULT, denials: [{ tool_use_id: "t", name: "Bash" }] },
    EXIT,
  ]],
  ["a denial that is emitted twice", "once", [
    START,
    { type: "permission_denied", seq: 1, time_ms: null, tool_use_id: "t", name: "Bash" },
    { type: "permission_denied", seq: 2, time_ms: null, tool_use_id: "t", name: "Bash" },
    { ...RESULT, seq: 3 },
    { ...EXIT, seq: 4 },
  ]],
];

Deno.test("assertEvents accepts a successful run and a failed one", () => {
  assertEvents([START, RESULT, EXIT]);
  assertEvents([START, ERROR, FAILED]);
});

Deno.test("assertEvents rejects a stream that breaks a rule", () => {
  for (const [, message, events] of BAD) {
    assertThrows(() => assertEvents(events), Error, message);
  }
});

Deno.test("assertEvents rejects the id of the forked session in any event", () => {
  const options = { forkedFrom: "old" };
  const info = { type: "session_info", seq: 1, time_ms: null, session_id: "old" };
  const [result, exit] = [{ ...RESULT, seq: 2 }, { ...EXIT, seq: 3 }];
  assertEvents([START, info, result, exit], { forkedFrom: "another" });
  assertThrows(() => assertEvents([START, info, result, exit], options), Error, "forked");
});

Deno.test("assertEvent rejects values that are not objects", () => {
  for (const value of [undefined, null, "start", 1, [START]]) {
    assertThrows(() => assertEvent(value));
  }
});
