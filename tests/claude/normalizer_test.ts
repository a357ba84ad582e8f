import { assert, assertEquals } from "@std/assert";
import { Normalizer, type NormalizerOptions } from "../../lib/claude/normalizer.ts";
import { MESSAGE_READERS } from "../../lib/claude/messages.ts";
import { createEventFactory, type EventBody, type RunEvent } from "../../lib/events.ts";
import { assertEvent } from "../support/event_schema.ts";
import { TRUNCATION_MARK } from "../../lib/util/truncate.ts";
import { asObject, type JsonObject } from "../support/json.ts";
import { readRecordings } from "../support/recordings.ts";
import { assistant, KINDS, stream, UNKNOWN_KINDS, user } from "./kinds.ts";

function lineOf(message: unknown): string {
  return JSON.stringify(message);
}

/** Reads messages one after the other. A clock makes each event a time of its own. */
function reader(options: Omit<NormalizerOptions, "createEvent"> & { clock?: () => number } = {}) {
  const normalizer = new Normalizer({
    ...options,
    createEvent: createEventFactory(options.clock ?? (() => null)),
  });
  return {
    normalizer,
    /** The events, without their numbers and times. */
    read(...messages: unknown[]): EventBody[] {
      return messages.flatMap((message) => normalizer.read(lineOf(message))).map(bodyOf);
    },
  };
}

function bodyOf(event: RunEvent): EventBody {
  assertEvent(event);
  const { seq: _seq, time_ms: _time, ...body } = event;
  return body as EventBody;
}

function read(...messages: unknown[]): EventBody[] {
  return reader().read(...messages);
}

for (const { name, message, events } of [...KINDS, ...UNKNOWN_KINDS]) {
  Deno.test(`Normalizer reads ${name}`, () => {
    const { normalizer, read } = reader();
    assertEquals(read(message), events.map((event) => ({ ...event })));
    assertEquals(normalizer.ignoredCount, events.length === 0 ? 1 : 0);
  });
}

Deno.test("MESSAGE_READERS has every kind of message in the table, and no other", () => {
  const kinds = new Set(KINDS.map(({ name }) => name.split(":")[0]));
  assertEquals([...MESSAGE_READERS.keys()].sort(), [...kinds].sort());
});

Deno.test("Normalizer emits raw for a line that is not a JSON object", () => {
  for (const text of ["hello", "[1]", "null", '"text"', "7", '{"type":"text"', "{}}", " "]) {
    const { normalizer } = reader();
    const events = normalizer.read(text).map(bodyOf);
    assertEquals(events, [{ type: "raw", content: text }]);
  }
});

Deno.test("Normalizer emits nothing for an empty line", () => {
  const { normalizer } = reader();
  assertEquals(normalizer.read(""), []);
  assertEquals(normalizer.ignoredCount, 0);
});

Deno.test("Normalizer emits raw for a truncated line, even if the rest of it is a message", () => {
  const { normalizer } = reader();
  const text = JSON.stringify({ type: "system", subtype: "thinking_tokens" });
  const events = normalizer.read(text + TRUNCATION_MARK).map(bodyOf);
  assertEquals(events, [{ type: "raw", content: text, truncated: true }]);
});

Deno.test("Normalizer numbers events without a gap, even if it ignores messages", () => {
  const { normalizer } = reader();
  const messages = KINDS.map(({ message }) => message);
  const events = messages.flatMap((message) => normalizer.read(lineOf(message)));
  assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index));
  assert(normalizer.ignoredCount > 0);
});

// Sessions

const INIT = { type: "system", subtype: "init", session_id: "s1", model: "opus", tools: ["Bash"] };
const INFO = { type: "session_info", session_id: "s1", model: "opus", tools: ["Bash"] };

Deno.test("Normalizer reports the session before the first event of its message", () => {
  const text = assistant([{ type: "text", text: "Hi." }], { session_id: "s1" });
  assertEquals(read(text).map(({ type }) => type), ["session_info", "text"]);
});

Deno.test("Normalizer reports the session once if nothing changes", () => {
  const noted = { type: "user", message: { content: [] }, session_id: "s1" };
  assertEquals(read(INIT, noted, noted, INIT) as unknown[], [INFO]);
});

Deno.test("Normalizer reports the session again if its details change", () => {
  const hook = { type: "system", subtype: "thinking_tokens", session_id: "s1" };
  assertEquals(read(hook, INIT, { ...INIT, model: "sonnet" }) as unknown[], [
    { type: "session_info", session_id: "s1" },
    INFO,
    { ...INFO, model: "sonnet" },
  ]);
});

Deno.test("Normalizer reads the details of a session from init only", () => {
  const other = { type: "system", subtype: "thinking_tokens", session_id: "s1", model: "m" };
  const result = { type: "result", subtype: "init", session_id: "s2", model: "m" };
  const infos = read(other, result).filter(({ type }) => type === "session_info");
  assertEquals(infos as unknown[], [
    { type: "session_info", session_id: "s1" },
    { type: "session_info", session_id: "s2" },
  ]);
});

Deno.test("Normalizer reports the session again if its id changes", () => {
  assertEquals(read(INIT, { ...INIT, session_id: "s2" }) as unknown[], [
    INFO,
    { ...INFO, session_id: "s2" },
  ]);
});

Deno.test("Normalizer never reports the session that a fork starts from", () => {
  const { read } = reader({ forkedFrom: "s1" });
  const result = { type: "result", subtype: "success", session_id: "s1", result: "x" };
  const noted = { type: "system", subtype: "thinking_tokens", session_id: "s1" };
  const events = read(noted, INIT, { ...INIT, session_id: "s2" }, result);
  assertEquals(events.map(({ type }) => type), ["session_info", "result"]);
  assertEquals(events[0] as unknown, { ...INFO, session_id: "s2" });
  assert(!JSON.stringify(events).includes('"s1"'));
});

Deno.test("Normalizer reports no session if the session to resume does not exist", () => {
  const message = {
    type: "result",
    subtype: "error_during_execution",
    is_error: true,
    num_turns: 0,
    session_id: "none",
    errors: ["No conversation found with session ID: none"],
  };
  assertEquals(read(message).map(({ type }) => type), ["result"]);
});

Deno.test("Normalizer.keySource is the last source of the API key that init stated", () => {
  const { normalizer, read } = reader();
  read(INIT);
  assertEquals(normalizer.keySource, undefined);
  read({ ...INIT, apiKeySource: "ANTHROPIC_API_KEY" }, INIT);
  assertEquals(normalizer.keySource, "ANTHROPIC_API_KEY");
});

// Blocks and deltas

function delta(index: number, text: string, parent: string | null = null): JsonObject {
  const fields = { index, delta: { type: "text_delta", text } };
  return stream("content_block_delta", fields, { parent_tool_use_id: parent });
}

function begin(id: string, parent: string | null = null, usage: JsonObject = {}): JsonObject {
  return stream("message_start", { message: { id, usage } }, { parent_tool_use_id: parent });
}

function block(id: string, block: JsonObject, parent: string | null = null): JsonObject {
  return assistant([], {
    message: { id, role: "assistant", content: [block] },
    parent_tool_use_id: parent,
  });
}

/** What of each event says where it belongs. */
function places(events: readonly EventBody[]): unknown[] {
  return events.map((event) =>
    "index" in event
      ? [event.type, event.text, event.message_id, event.index, event.parent_tool_use_id ?? "-"]
      : [event.type]
  );
}

Deno.test("Normalizer counts the blocks of a message that arrives in parts", () => {
  const events = read(
    block("m1", { type: "thinking", thinking: "a" }),
    block("m1", { type: "text", text: "b" }),
    block("m1", { type: "tool_use", id: "t", name: "Bash", input: {} }),
    block("m1", { type: "text", text: "c" }),
    block("m2", { type: "text", text: "d" }),
  );
  assertEquals(places(events), [
    ["thinking", "a", "m1", 0, "-"],
    ["text", "b", "m1", 1, "-"],
    ["tool_use"],
    ["text", "c", "m1", 3, "-"],
    ["text", "d", "m2", 0, "-"],
  ]);
});

Deno.test("Normalizer counts the blocks of a message that arrives at once", () => {
  const content = [{ type: "redacted_thinking", data: "" }, { type: "text", text: "a" }];
  assertEquals(places(read(assistant(content))), [["notice"], ["text", "a", "msg_1", 1, "-"]]);
});

Deno.test("Normalizer gives a delta the message id and the index of its complete block", () => {
  const events = read(
    begin("m1"),
    stream("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: "H" } }),
    block("m1", { type: "thinking", thinking: "Hm" }),
    delta(1, "He"),
    delta(1, "llo"),
    block("m1", { type: "text", text: "Hello" }),
    begin("m2"),
    delta(0, "Bye"),
    block("m2", { type: "text", text: "Bye" }),
  );
  assertEquals(places(events), [
    ["thinking_delta", "H", "m1", 0, "-"],
    ["thinking", "Hm", "m1", 0, "-"],
    ["text_delta", "He", "m1", 1, "-"],
    ["text_delta", "llo", "m1", 1, "-"],
    ["text", "Hello", "m1", 1, "-"],
    ["text_delta", "Bye", "m2", 0, "-"],
    ["text", "Bye", "m2", 0, "-"],
  ]);
});

Deno.test("Normalizer separates the interleaved messages of parallel subagents", () => {
  const events = read(
    begin("main"),
    delta(0, "x"),
    begin("one", "t1"),
    begin("two", "t2"),
    delta(0, "1a", "t1"),
    delta(0, "2a", "t2"),
    block("two", { type: "text", text: "2a" }, "t2"),
    delta(1, "2b", "t2"),
    delta(0, "1b", "t1"),
    block("one", { type: "text", text: "1a1b" }, "t1"),
    block("two", { type: "text", text: "2b" }, "t2"),
    delta(0, "y"),
    block("main", { type: "text", text: "xy" }),
  );
  assertEquals(places(events), [
    ["text_delta", "x", "main", 0, "-"],
    ["text_delta", "1a", "one", 0, "t1"],
    ["text_delta", "2a", "two", 0, "t2"],
    ["text", "2a", "two", 0, "t2"],
    ["text_delta", "2b", "two", 1, "t2"],
    ["text_delta", "1b", "one", 0, "t1"],
    ["text", "1a1b", "one", 0, "t1"],
    ["text", "2b", "two", 1, "t2"],
    ["text_delta", "y", "main", 0, "-"],
    ["text", "xy", "main", 0, "-"],
  ]);
});

Deno.test("Normalizer completes the token counts at the end of a message with those at its start", () => {
  const usage = { input_tokens: 100, cache_read_input_tokens: 30, output_tokens: 1 };
  const events = read(
    begin("m1", null, usage),
    begin("s1", "t1", { input_tokens: 7 }),
    stream("message_delta", { delta: {}, usage: { output_tokens: 42 } }),
    stream("message_delta", { usage: { output_tokens: 5 } }, { parent_tool_use_id: "t1" }),
  );
  assertEquals(events, [
    {
      type: "usage",
      message_id: "m1",
      usage: { input: 100, output: 42, cache_read: 30, cache_write: 0 },
    },
    {
      type: "usage",
      message_id: "s1",
      usage: { input: 7, output: 5, cache_read: 0, cache_write: 0 },
      parent_tool_use_id: "t1",
    },
  ]);
});

// Tools

function use(id: string, name: string, parent: string | null = null): JsonObject {
  return block("m", { type: "tool_use", id, name, input: {} }, parent);
}

function toolResult(id: string, fields: JsonObject = {}, parent: string | null = null): JsonObject {
  const content = [{ type: "tool_result", tool_use_id: id, content: "out", ...fields }];
  return user(content, { parent_tool_use_id: parent });
}

function results(events: readonly EventBody[]): unknown[] {
  return events.flatMap((event) =>
    event.type === "tool_result" ? [[event.tool_use_id, event.name, event.duration_ms]] : []
  );
}

Deno.test("Normalizer pairs tool calls with their results in any order", () => {
  let now = 0;
  const { read } = reader({ clock: () => now });
  const at = (ms: number, message: unknown) => {
    now = ms;
    return read(message);
  };
  const events = [
    ...at(10, use("t1", "Bash")),
    ...at(20, use("t2", "Read")),
    ...at(25, use("t3", "Grep", "t1")),
    ...at(30.6, toolResult("t2")),
    ...at(40, toolResult("t3", {}, "t1")),
    ...at(110, toolResult("t1")),
  ];
  assertEquals(results(events), [["t2", "Read", 11], ["t3", "Grep", 15], ["t1", "Bash", 100]]);
});

Deno.test("Normalizer reports no duration without a clock or without the call", () => {
  assertEquals(results(read(use("t1", "Bash"), toolResult("t1"))), [["t1", "Bash", null]]);
  const { read: timed } = reader({ clock: () => 5 });
  assertEquals(results(timed(toolResult("t1"))), [["t1", "unknown", null]]);
});

Deno.test("Normalizer treats a second result of a call as the result of an unknown call", () => {
  const events = read(use("t1", "Bash"), toolResult("t1"), toolResult("t1"));
  assertEquals(results(events), [["t1", "Bash", null], ["t1", "unknown", null]]);
});

Deno.test("Normalizer separates several results in one message", () => {
  const content = ["t1", "t2"].map((id) => ({ type: "tool_result", tool_use_id: id, content: id }));
  const events = read(use("t1", "Bash"), use("t2", "Read"), user(content));
  assertEquals(results(events), [["t1", "Bash", null], ["t2", "Read", null]]);
});

Deno.test("Normalizer pairs calls whose ids are names of Object.prototype", () => {
  for (const id of ["__proto__", "constructor", "toString"]) {
    assertEquals(results(read(use(id, "Bash"), toolResult(id))), [[id, "Bash", null]]);
    assertEquals(results(read(toolResult(id))), [[id, "unknown", null]]);
  }
});

Deno.test("Normalizer reports the blocks of a result only if they are more than text", () => {
  const image = {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: "AAAA" },
  };
  const text = { type: "text", text: "seen" };
  const contents = read(
    toolResult("a", { content: [text] }),
    toolResult("b", { content: [text, image] }),
  )
    .map((event) => event.type === "tool_result" ? [event.text, event.content] : []);
  assertEquals(contents, [["seen", undefined], ["seen\n[image/png, 3 B]", [text, image]]]);
});

// Denials

const DENIED = {
  type: "system",
  subtype: "permission_denied",
  tool_name: "Bash",
  tool_use_id: "t1",
  message: "needs approval",
};
const DENYING_RESULT = {
  type: "result",
  subtype: "success",
  result: "",
  permission_denials: [{ tool_name: "Bash", tool_use_id: "t1", tool_input: {} }],
};

Deno.test("Normalizer reports a denial once, even if the result repeats it", () => {
  const events = read(DENIED, DENIED, DENYING_RESULT, DENYING_RESULT);
  assertEquals(events.map(({ type }) => type), ["permission_denied", "result", "result"]);
});

Deno.test("Normalizer reports a denial that only the result lists, before the result", () => {
  const events = read(DENYING_RESULT);
  assertEquals(events.map(({ type }) => type), ["permission_denied", "result"]);
  assertEquals(events[0], { type: "permission_denied", tool_use_id: "t1", name: "Bash" });
});

const MEASURED = {
  type: "system",
  subtype: "init",
  session_id: "s",
  permissionMode: "default",
  claude_code_version: "2.1.197",
};

Deno.test("Normalizer reports a denial that a tool result states, before the tool result", () => {
  const denial = "This command requires approval";
  const denied = toolResult("t1", { is_error: true, content: denial });
  const events = read(MEASURED, use("t1", "Bash"), denied, DENYING_RESULT, DENYING_RESULT).slice(2);
  assertEquals(events.map(({ type }) => type), [
    "permission_denied",
    "tool_result",
    "result",
    "result",
  ]);
  assertEquals(events[0], {
    type: "permission_denied",
    tool_use_id: "t1",
    name: "Bash",
    reason: denial,
  });
  assertEquals(events[1]?.type === "tool_result" && events[1].text, denial);

  // The message of newer versions comes first.
  const [, , ...newer] = read(MEASURED, use("t1", "Bash"), DENIED, denied);
  assertEquals(newer.map(({ type }) => type), ["permission_denied", "tool_result"]);
  assertEquals(newer[0]?.type === "permission_denied" && newer[0].reason, DENIED.message);

  const [, , sub] = read(
    MEASURED,
    use("t1", "Bash", "agent"),
    toolResult("t1", {
      is_error: true,
      content: denial,
    }, "agent"),
  );
  assertEquals([sub?.type, sub?.parent_tool_use_id], ["permission_denied", "agent"]);
});

Deno.test("Normalizer detects a denial only in the error of a known call and version", () => {
  const denial = "This command requires approval";
  const none = [
    [MEASURED, use("t1", "Bash"), toolResult("t1", { content: denial })],
    [
      MEASURED,
      use("t1", "Bash"),
      toolResult("t1", { is_error: true, content: `Exit code 1\n${denial}` }),
    ],
    [MEASURED, toolResult("t1", { is_error: true, content: denial })],
    [use("t1", "Bash"), toolResult("t1", { is_error: true, content: denial })],
  ];
  for (const messages of none) {
    assertEquals(read(...messages).filter(({ type }) => type === "permission_denied"), []);
  }
});

Deno.test("Normalizer marks the result of an interrupted tool", () => {
  const content =
    "The user doesn't want to proceed with this tool use. The tool use was rejected. STOP what you are doing and wait for the user to tell you how to proceed.";
  const stopped = toolResult("t1", { is_error: true, content });
  const interrupted = (message: unknown) => {
    const event = read(use("t1", "Bash"), message).at(-1);
    return event?.type === "tool_result" ? event.interrupted : "no result";
  };
  assertEquals(interrupted({ ...stopped, tool_use_result: "User rejected tool use" }), true);
  assertEquals(interrupted(stopped), undefined);
});

Deno.test("Normalizer marks the texts that Claude Code wrote itself", () => {
  const own = assistant([{ type: "text", text: "API Error: 500" }]);
  const synthetic = (model: string) => {
    const message = { ...own, message: { ...asObject(own["message"]), model } };
    const [event] = read(message);
    return event?.type === "text" ? event.synthetic : "no text";
  };
  assertEquals([synthetic("<synthetic>"), synthetic("claude-opus-4-8")], [true, undefined]);
});

Deno.test("Normalizer finds the subagent of a denied call", () => {
  const subagentOf = (parent: string | null) =>
    read(use("t1", "Bash", parent), DENIED)
      .find(({ type }) => type === "permission_denied")?.parent_tool_use_id;
  assertEquals([subagentOf("agent"), subagentOf(null)], ["agent", undefined]);
});

// Tasks

const ENDED = {
  type: "system",
  subtype: "task_updated",
  task_id: "a",
  patch: { status: "completed" },
};
const TOLD = {
  type: "system",
  subtype: "task_notification",
  task_id: "a",
  status: "completed",
  summary: "all fine",
};

Deno.test("Normalizer reports the end of a task again only if the summary is new", () => {
  const ends = (...messages: unknown[]) =>
    read(...messages).map((event) => event.type === "task" ? event.summary ?? "-" : event.type);
  assertEquals(ends(ENDED, TOLD), ["-", "all fine"]);
  assertEquals(ends(TOLD, ENDED), ["all fine"]);
  const { normalizer, read: readOn } = reader();
  readOn(TOLD, ENDED, ENDED);
  assertEquals(normalizer.ignoredCount, 2);
  assertEquals(ends(ENDED, ENDED, { ...TOLD, summary: undefined }), ["-"]);
  assertEquals(ends(ENDED, { ...ENDED, task_id: "b" }), ["-", "-"]);
  const failed = { ...ENDED, patch: { status: "failed", error: "no" } };
  assertEquals(ends(failed, { ...TOLD, status: "failed", summary: "no" }), ["no"]);
  assertEquals(ends(failed, { ...TOLD, status: "failed", summary: "as no" }), ["no", "as no"]);
});

Deno.test("Normalizer repeats the description of a task in its later events", () => {
  const started = {
    type: "system",
    subtype: "task_started",
    task_id: "a",
    tool_use_id: "t",
    description: "Look",
  };
  const task = { type: "task", task_id: "a", tool_use_id: "t", description: "Look" };
  assertEquals(read(started, ENDED) as unknown[], [
    { ...task, status: "started" },
    { ...task, status: "completed" },
  ]);
});

// Results

const API_ERROR = { ...assistant([{ type: "text", text: "Overloaded" }]), error: "overloaded" };
const FAILED = {
  type: "result",
  subtype: "success",
  is_error: true,
  result: "API Error",
  api_error_status: 529,
};

function failureOf(...messages: unknown[]): unknown {
  const event = read(...messages).findLast(({ type }) => type === "result");
  return event?.type === "result" ? [event.http_status, event.api_error] : undefined;
}

Deno.test("Normalizer adds the name of the last API error to a failed result", () => {
  assertEquals(failureOf(API_ERROR, FAILED), [529, "overloaded"]);
  const retry = { type: "system", subtype: "api_retry", error: "rate_limit" };
  assertEquals(failureOf(retry, FAILED), [529, "rate_limit"]);
});

Deno.test("Normalizer forgets an API error after a success or a result", () => {
  const fine = assistant([{ type: "text", text: "It works." }]);
  assertEquals(failureOf(API_ERROR, fine, FAILED), [529, undefined]);
  assertEquals(failureOf(API_ERROR, FAILED, { ...FAILED, api_error_status: 500 }), [
    500,
    undefined,
  ]);
});

Deno.test("Normalizer reports every result of several", () => {
  const first = { type: "result", subtype: "success", result: "one", num_turns: 2 };
  const events = read(first, { ...first, result: "two" });
  assertEquals(events.map((event) => event.type === "result" ? event.text : ""), ["one", "two"]);
});

Deno.test("Normalizer names the subagent in every kind of event", () => {
  const parent = "toolu_7";
  for (const { name, message } of [...KINDS, ...UNKNOWN_KINDS]) {
    if (name.startsWith("result") || name === "system/init") continue; // of the whole run
    for (const event of read({ ...message, parent_tool_use_id: parent })) {
      assertEquals(event.parent_tool_use_id, parent, name);
    }
  }
});

Deno.test("Normalizer keeps the call of a background subagent open when a result arrives", () => {
  const result = { type: "result", subtype: "success", result: "one" };
  const events = read(
    use("agent", "Agent"),
    toolResult("agent"),
    use("t1", "Bash", "agent"),
    result,
    toolResult("t1", {}, "agent"),
  );
  assertEquals(results(events), [["agent", "Agent", null], ["t1", "Bash", null]]);
});

// Turns

const RESULT = { type: "result", subtype: "success", result: "done" };
const RUNNING = { type: "system", subtype: "task_started", task_id: "a" };

Deno.test("Normalizer.isIdle is true between a result and the next turn, without open tasks", () => {
  const piece = stream("content_block_start", {});
  const rows: [expected: boolean, ...messages: unknown[]][] = [
    [false],
    [false, INIT],
    [true, INIT, RESULT],
    [false, INIT, RESULT, INIT],
    [false, INIT, RESULT, piece],
    [false, INIT, RESULT, assistant([])],
    [true, INIT, RESULT, { ...piece, parent_tool_use_id: "t1" }],
    [false, INIT, RUNNING, RESULT],
    [true, INIT, RUNNING, RESULT, ENDED],
  ];
  for (const [expected, ...messages] of rows) {
    const { normalizer, read } = reader({ partial: false });
    read(...messages);
    assertEquals(normalizer.isIdle, expected, JSON.stringify(messages));
  }
});

Deno.test("Normalizer.hasOwnResult ignores the results of turns that a background task started", () => {
  const hasOwnResult = (origin: unknown) => {
    const { normalizer, read } = reader();
    read(INIT, { ...RESULT, origin });
    return normalizer.hasOwnResult;
  };
  assertEquals(hasOwnResult({ kind: "task-notification" }), false);
  for (const origin of [undefined, null, "x"]) assertEquals(hasOwnResult(origin), true);
});

// Partial messages

for (const { name, lines } of readRecordings()) {
  Deno.test(`Normalizer without partial messages emits all other events of ${name}`, () => {
    const eventsOf = (partial: boolean) => {
      const { normalizer } = reader({ partial });
      return lines.flatMap((line) => normalizer.read(line)).map(bodyOf);
    };
    const complete = eventsOf(true).filter(({ type }) =>
      type !== "text_delta" && type !== "thinking_delta" && type !== "usage"
    );
    assertEquals(eventsOf(false), complete);
  });
}

Deno.test("Normalizer without partial messages still reports unknown kinds of them", () => {
  const events = reader({ partial: false }).read(stream("content_block_news"), delta(0, "a"));
  assertEquals(events.map(({ type }) => type), ["unknown"]);
});

Deno.test("Normalizer emits raw for two messages on one line", () => {
  const { normalizer } = reader();
  const line = JSON.stringify(delta(0, "a")) + JSON.stringify(RESULT);
  assertEquals(normalizer.read(line).map(bodyOf), [{ type: "raw", content: line }]);
});
