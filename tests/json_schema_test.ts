import { assert, assertEquals } from "@std/assert";
import {
  createEventFactory,
  EVENT_TYPES,
  type EventBody,
  type EventType,
  SCHEMA_ID,
} from "../lib/events.ts";
import { EXIT_REASONS, FAILURE_REASONS } from "../lib/exit_codes.ts";
import { eventSchema } from "../lib/json_schema.ts";
import { assertEvent, assertMatchesPublishedSchema } from "./support/event_schema.ts";
import { asArray, asObject, asString, type JsonObject } from "./support/json.ts";

const usage = { input: 1, output: 2, cache_read: 3, cache_write: 4 };

/** One event of each type, with every field that it can have. */
const FULL: { readonly [K in EventType]: EventBody<K> } = {
  start: {
    type: "start",
    schema: SCHEMA_ID,
    ccrun: "1.2.3",
    time: "2027-01-15T08:00:00.000Z",
    claude: { path: "/bin/claude", version: "2.1.197" },
    cwd: "/home/dev",
    resume: "s1",
  },
  session_info: {
    type: "session_info",
    session_id: "s1",
    model: "opus",
    cwd: "/home/dev",
    permission_mode: "plan",
    tools: ["Bash"],
    mcp_servers: [{ name: "db", status: "connected" }],
    claude_version: "2.1.197",
  },
  text: {
    type: "text",
    text: "Hi.",
    message_id: "m",
    index: 0,
    synthetic: true,
    continues: true,
  },
  thinking: { type: "thinking", text: "Hm.", message_id: "m", index: 0 },
  text_delta: { type: "text_delta", text: "H", message_id: "m", index: 0 },
  thinking_delta: { type: "thinking_delta", text: "H", message_id: "m", index: 0 },
  user_text: { type: "user_text", text: "Look.", kind: "subagent" },
  tool_use: { type: "tool_use", id: "t", name: "Bash", input: { command: "ls" } },
  tool_progress: { type: "tool_progress", tool_use_id: "t", name: "Bash", elapsed_ms: 2500 },
  tool_result: {
    type: "tool_result",
    tool_use_id: "t",
    name: "Bash",
    is_error: false,
    text: "out",
    content: [{ type: "image" }, "out", null],
    diff: "@@ -1,1 +1,1 @@\n-a\n+b",
    duration_ms: 7,
    interrupted: true,
  },
  task: {
    type: "task",
    task_id: "a",
    tool_use_id: "t",
    status: "completed",
    description: "Look",
    summary: "done",
    usage: { tool_uses: 1 },
    ambient: true,
  },
  retry: {
    type: "retry",
    attempt: 1,
    max_retries: 10,
    delay_ms: 500,
    http_status: 529,
    reason: "overloaded",
    address: "http://127.0.0.1:8080",
    proxy: "http://proxy.test:3128",
  },
  rate_limit: {
    type: "rate_limit",
    status: "allowed_warning",
    resets_at: "2027-01-15T08:00:00Z",
    kind: "five_hour",
    utilization: 0.9,
  },
  waiting: {
    type: "waiting",
    reason: "api",
    message: "the API request failed: overloaded (HTTP 529)",
    until: "2026-07-01T12:05:00.000Z",
    resets_at: "2026-07-01T12:05:00.000Z",
    attempt: 2,
    max_attempts: 3,
  },
  usage: { type: "usage", message_id: "m", model: "opus", usage },
  permission_denied: {
    type: "permission_denied",
    tool_use_id: "t",
    name: "Bash",
    reason: "no",
    cause: "hook",
  },
  notice: {
    type: "notice",
    level: "warning",
    kind: "hook",
    text: "no",
    retracts: ["m"],
    workspace_settings: [{ file: "/f", names: ["hooks"], omitted: 1 }],
    url: "https://example.org/7",
    data: { a: 1 },
  },
  result: {
    type: "result",
    ok: false,
    subtype: "success",
    text: "no",
    answer: "no",
    structured_output: null,
    session_id: "s1",
    origin: "task-notification",
    turns: 1,
    duration_ms: 1,
    api_duration_ms: 1,
    cost_usd: 0.5,
    usage,
    models: { opus: { ...usage, cost_usd: 0.5 } },
    denials: [{ tool_use_id: "t", name: "Bash" }],
    errors: ["no"],
    stop_reason: "tool_deferred",
    terminal_reason: "tool_deferred",
    deferred_tool_use: { name: "Bash" },
    http_status: 529,
    api_error: "overloaded",
    truncated: true,
  },
  raw: { type: "raw", content: "hello", truncated: true },
  unknown: { type: "unknown", event: { type: "hologram" } },
  error: {
    type: "error",
    error: { kind: "quota", message: "no", hint: "yes", resets_at: "2027-01-15T08:00:00Z" },
  },
  exit: {
    type: "exit",
    code: 143,
    reason: "terminate",
    ok: false,
    session_id: "s1",
    resume: "ccrun --resume s",
    signal: "SIGTERM",
    claude_exit_code: 1,
    claude_signal: "SIGKILL",
    stderr: "no",
    resets_at: "2027-01-15T08:00:00Z",
    turns: 1,
    cost_usd: 0.5,
    usage,
    models: { opus: { ...usage, cost_usd: 0.5 } },
    duration_ms: 1,
  },
};

function definition(type: string): JsonObject {
  return asObject(asObject(eventSchema()["$defs"])[type]);
}

Deno.test("eventSchema accepts an event of every type with all of its fields", () => {
  const createEvent = createEventFactory(() => 0.1);
  assertEquals(Object.keys(FULL), [...EVENT_TYPES]);
  const events = Object.values(FULL).map((body) => createEvent(body));
  assertMatchesPublishedSchema(events);
  for (const event of events) {
    assertEvent(event);
    assertEvent({ ...event, parent_tool_use_id: "t" });
    // The schema names no field that the event does not have.
    const fields = Object.keys(asObject(definition(event.type)["properties"]));
    assertEquals(
      Object.keys(event).sort(),
      fields.filter((key) => key !== "parent_tool_use_id").sort(),
    );
  }
});

Deno.test("eventSchema describes every type and every field", () => {
  function describe(schema: JsonObject, where: string): void {
    for (const [key, value] of Object.entries(asObject(schema["properties"]))) {
      const field = asObject(value);
      if (key !== "type") assert(asString(field["description"]) !== "", `${where}.${key}`);
      describe(field, `${where}.${key}`);
    }
  }
  for (const type of EVENT_TYPES) {
    assert(asString(definition(type)["description"]) !== "", type);
    describe(definition(type), type);
  }
});

Deno.test("eventSchema requires type, seq and time_ms in every event", () => {
  for (const type of EVENT_TYPES) {
    const required = asArray(definition(type)["required"]);
    for (const field of ["type", "seq", "time_ms"]) assert(required.includes(field), type);
    assert(!required.includes("parent_tool_use_id"), type);
  }
  assert(asArray(definition("exit")["required"]).includes("code"));
});

Deno.test("eventSchema lists every exit reason", () => {
  const reason = asObject(asObject(definition("exit")["properties"])["reason"]);
  const [known] = asArray(reason["anyOf"]);
  assertEquals(asObject(known)["enum"], [...EXIT_REASONS]);
  const error = asObject(
    asObject(asObject(definition("error")["properties"])["error"])["properties"],
  );
  assertEquals(asObject(error["kind"])["enum"], [...FAILURE_REASONS]);
});

Deno.test("eventSchema is a JSON Schema of draft 2020-12", () => {
  const schema = eventSchema();
  assertEquals(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  assertEquals(schema["$id"], "ccrun.events/1");
  assertEquals(JSON.parse(JSON.stringify(schema)), schema);
});
