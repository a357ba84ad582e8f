import { assertEquals } from "@std/assert";
import { parseEvent } from "../../lib/run/parse_event.ts";

const RETRY = {
  type: "retry",
  seq: 1,
  time_ms: 2,
  attempt: 1,
  max_retries: 10,
  delay_ms: 500,
  reason: "overloaded",
};

const NOTICE = { type: "notice", seq: 1, time_ms: 2, level: "info", kind: "status", text: "busy" };

const EXIT = {
  type: "exit",
  seq: 1,
  time_ms: 2,
  reason: "success",
  turns: 1,
  cost_usd: 0,
  usage: { input: 1, output: 1, cache_read: 0, cache_write: 0 },
  duration_ms: 5,
};

Deno.test("parseEvent returns a complete event unchanged", () => {
  for (const event of [RETRY, NOTICE, EXIT]) {
    assertEquals<unknown>(parseEvent(event), event);
  }
});

Deno.test("parseEvent rejects an event if a field that readers rely on has another type", () => {
  const error = { type: "error", error: { kind: "api", message: "no" } };
  const values = [
    { ...RETRY, attempt: "\x1b]0;title\x07" },
    { ...RETRY, delay_ms: null },
    { ...NOTICE, level: "fatal" },
    { ...NOTICE, text: 1 },
    { ...EXIT, reason: "toString" },
    { ...error, error: { ...error.error, kind: "other" } },
    { ...error, error: { ...error.error, hint: 1 } },
    { type: "tool_use", id: "t", name: "Bash", input: "ls" },
    { type: "hologram" },
    { type: ["text"] },
  ];
  for (const value of values) assertEquals(parseEvent(value), undefined);
});

Deno.test("parseEvent removes optional fields of another type", () => {
  const session = { type: "session_info", seq: 1, time_ms: 2 };
  const denial = { type: "permission_denied", seq: 1, time_ms: 2, tool_use_id: "t", name: "Bash" };
  const rows: [expected: object, added: object][] = [
    [session, { session_id: 7, model: 1, cwd: null, permission_mode: {}, mcp_servers: [null] }],
    [session, { mcp_servers: [{ name: "db" }], tools: "Bash", parent_tool_use_id: null }],
    [denial, { reason: ["no"], cause: "fate" }],
    [RETRY, { http_status: "503" }],
    [NOTICE, { retracts: "m1", url: 1 }],
    [NOTICE, { workspace_settings: [{ file: "f", names: [1] }] }],
    [EXIT, { stderr: 1, session_id: null }],
    [{ ...EXIT, usage: null, turns: null }, { usage: { input: 1 }, turns: "3" }],
  ];
  for (const [expected, added] of rows) {
    assertEquals<unknown>(parseEvent({ ...expected, ...added }), expected);
  }
});

Deno.test("parseEvent sets what a filter has removed to null", () => {
  const { time_ms: _, duration_ms: __, ...filtered } = EXIT;
  assertEquals<unknown>(parseEvent(filtered), { ...EXIT, time_ms: null, duration_ms: null });
});
