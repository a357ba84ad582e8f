import { assert, assertEquals } from "@std/assert";
import { MESSAGE_READERS } from "../../lib/claude/parse_message.ts";
import { Normalizer, type NormalizerOptions } from "../../lib/claude/normalizer.ts";
import { createEventFactory, type EventBody, type RunEvent } from "../../lib/events.ts";
import { UsageReader } from "../../lib/claude/usage.ts";
import { TRUNCATION_MARK } from "../../lib/util/lines.ts";
import { assertEvent } from "../support/event_schema.ts";
import type { JsonObject } from "../support/json.ts";
import { readRecordings } from "../support/recordings.ts";
import { assistant, KINDS, stream, UNKNOWN_KINDS, user } from "./kinds.ts";

/** Creates a normalizer, and a function that returns the events of messages without numbers and times. */
function reader(options: Omit<NormalizerOptions, "createEvent"> & { clock?: () => number } = {}) {
  const { clock = () => null, ...others } = options;
  const normalizer = new Normalizer({ ...others, createEvent: createEventFactory(clock) });
  const read = (...messages: unknown[]): EventBody[] =>
    messages.flatMap((message) => normalizer.read(JSON.stringify(message))).map(bodyOf);
  return { normalizer, read };
}

function bodyOf(event: RunEvent): EventBody {
  assertEvent(event);
  const { seq: _seq, time_ms: _time, ...body } = event;
  return body as EventBody;
}

const ALL_KINDS = [...KINDS, ...UNKNOWN_KINDS];

for (const { name, message, events } of ALL_KINDS) {
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

Deno.test("Normalizer numbers events without a gap, even if it ignores messages", () => {
  const { normalizer } = reader();
  const events = ALL_KINDS.flatMap(({ message }) => normalizer.read(JSON.stringify(message)));
  assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index));
  assert(normalizer.ignoredCount > 0);
});

/** The ids of progress messages whose parent is the tool call itself. */
const HEARTBEAT = /-(heartbeat|progress)-\d+$/;

Deno.test("Normalizer names the subagent in every kind of event", () => {
  const parent = "toolu_7";
  for (const { name, message } of ALL_KINDS) {
    if (name.startsWith("result") || name.startsWith("system/init")) continue; // of the whole run
    if (HEARTBEAT.test(String(message["tool_use_id"]))) continue;
    for (const event of reader().read({ ...message, parent_tool_use_id: parent })) {
      assertEquals(event.parent_tool_use_id, parent, name);
    }
  }
});

Deno.test("Normalizer emits raw for a line that is not one JSON object, and nothing for an empty one", () => {
  const lines = [
    "hello",
    "[1]",
    "null",
    '"text"',
    "7",
    '{"type":"text"',
    "{}}",
    '{"a":1}{"b":2}',
    " ",
  ];
  for (const line of lines) {
    assertEquals(reader().normalizer.read(line).map(bodyOf), [{ type: "raw", content: line }]);
  }
  assertEquals(reader().normalizer.read(""), []);
  const message = JSON.stringify({ type: "system", subtype: "thinking_tokens" });
  assertEquals(reader().normalizer.read(message + TRUNCATION_MARK).map(bodyOf), [
    { type: "raw", content: message, truncated: true },
  ]);
});

const INIT = {
  type: "system",
  subtype: "init",
  session_id: "s1",
  model: "opus",
  claude_code_version: "2.1.197",
};
const RESULT = { type: "result", subtype: "success", result: "done" };

/** A message that precedes init and states the session. */
const HOOK_STARTED = { type: "system", subtype: "hook_started", session_id: "s1" };

/** Returns a message without content that states the session. */
function empty(session_id: string): JsonObject {
  return { type: "system", subtype: "thinking_tokens", session_id, model: "ignored" };
}

/** Returns a block of the model. */
function block(id: string, block: JsonObject, parent: string | null = null): JsonObject {
  return { ...assistant([block]), message: { id, content: [block] }, parent_tool_use_id: parent };
}

function textBlock(id: string, text: string, parent: string | null = null): JsonObject {
  return block(id, { type: "text", text }, parent);
}

function start(id: string, parent: string | null = null, usage: JsonObject = {}): JsonObject {
  return stream("message_start", { message: { id, usage } }, { parent_tool_use_id: parent });
}

function delta(index: number, text: string, parent: string | null = null): JsonObject {
  const fields = { index, delta: { type: "text_delta", text } };
  return stream("content_block_delta", fields, { parent_tool_use_id: parent });
}

function use(id: string, name: string, parent: string | null = null): JsonObject {
  return block("m", { type: "tool_use", id, name, input: {} }, parent);
}

function toolResult(id: string, fields: JsonObject = {}, parent: string | null = null): JsonObject {
  const content = [{ type: "tool_result", tool_use_id: id, content: "out", ...fields }];
  return user(content, { parent_tool_use_id: parent });
}

/** What the text of a denial and of an interruption are in 2.1.197. */
const DENIAL = { is_error: true, content: "This command requires approval" };
const INTERRUPTION = { is_error: true, content: "The user doesn't want to proceed with this." };

const DENIED = {
  type: "system",
  subtype: "permission_denied",
  tool_name: "Bash",
  tool_use_id: "t1",
  message: "no",
};
const DENYING_RESULT = {
  ...RESULT,
  permission_denials: [{ tool_name: "Bash", tool_use_id: "t1", tool_input: {} }],
};

function task(change: string, fields: JsonObject): JsonObject {
  return { type: "system", subtype: `task_${change}`, task_id: "a", ...fields };
}
const STARTED = task("started", { tool_use_id: "t", description: "Look" });
const ENDED = task("updated", { patch: { status: "completed" } });
const TASK_FAILED = task("updated", { patch: { status: "failed", error: "no" } });

function notified(status: string, summary?: string): JsonObject {
  return task("notification", { status, summary });
}

const API_ERROR = { ...textBlock("m", "Overloaded"), error: "overloaded" };
const FAILED = { ...RESULT, is_error: true, api_error_status: 529 };

/** Returns an event on one line: its type, and the fields that depend on earlier messages. */
function brief(event: EventBody): string {
  const parent = event.parent_tool_use_id === undefined ? "" : ` of ${event.parent_tool_use_id}`;
  return [event.type, ...detailsOf(event)].filter((part) => part !== undefined).join(" ") + parent;
}

function detailsOf(event: EventBody): readonly unknown[] {
  switch (event.type) {
    case "session_info":
      return [event.session_id, event.model];
    case "text":
    case "text_delta":
    case "thinking":
      return [event.text, `${event.message_id}#${event.index}`];
    case "tool_result":
      return [event.tool_use_id, event.name, event.interrupted && "interrupted"];
    case "permission_denied":
      return [event.tool_use_id, event.name, event.reason];
    case "task":
      return [event.status, event.tool_use_id, event.description, event.summary];
    case "notice":
      return [event.kind];
    case "result":
      return [event.text, event.api_error];
    case "usage":
      return [event.message_id, ...Object.values(event.usage)];
  }
  return [];
}

/** Returns a text of a message that states its tokens. */
function counted(id: string, output_tokens: number, text: string): JsonObject {
  const usage = { input_tokens: 4, output_tokens };
  return { type: "assistant", message: { id, content: [{ type: "text", text }], usage } };
}

/** Returns a message about a switch to another model. */
function switched(subtype: string, fields: JsonObject = {}): JsonObject {
  return { type: "system", subtype, session_id: "s1", fallback_model: "haiku", ...fields };
}

/** What the normalizer emits for messages in a row. */
const SEQUENCES: readonly (readonly [what: string, messages: readonly unknown[], string[]])[] = [
  ["reports the session before the first event of its message", [
    { ...textBlock("m", "Hi"), session_id: "s1" },
  ], ["session_info s1", "text Hi m#0"]],
  ["reports the session once if nothing changes", [INIT, empty("s1"), INIT], [
    "session_info s1 opus",
  ]],
  ["reports the session once, with the facts of init, if its id precedes init", [
    HOOK_STARTED,
    empty("s1"),
    INIT,
    textBlock("m", "Hi"),
  ], ["notice hook", "session_info s1 opus", "text Hi m#0"]],
  ["reports the session of init only, if it replaces that of an earlier message", [
    HOOK_STARTED,
    { ...INIT, session_id: "s2" },
  ], ["notice hook", "session_info s2 opus"]],
  ["reports the session before the first event of a turn that has no init", [
    HOOK_STARTED,
    textBlock("m", "Hi"),
  ], ["notice hook", "session_info s1", "text Hi m#0"]],
  ["reports the session of an init without an id, as soon as another message has it", [
    { ...INIT, session_id: undefined },
    empty("s1"),
    { ...textBlock("m", "Hi"), session_id: "s1" },
  ], ["session_info s1 opus", "text Hi m#0"]],
  ["reports a session that has no id at all", [
    { ...INIT, session_id: undefined },
    textBlock("m", "Hi"),
    RESULT,
  ], ["session_info opus", "text Hi m#0", "result done"]],
  ["reports the id of an earlier message with an init that has none", [
    HOOK_STARTED,
    { ...INIT, session_id: undefined },
    INIT,
  ], ["notice hook", "session_info s1 opus"]],
  ["reports the session again if its details change", [INIT, { ...INIT, model: "sonnet" }], [
    "session_info s1 opus",
    "session_info s1 sonnet",
  ]],
  ["reports an id that changes between two turns with the next init", [
    INIT,
    RESULT,
    { ...HOOK_STARTED, session_id: "s2" },
    { ...INIT, session_id: "s2" },
  ], ["session_info s1 opus", "result done", "notice hook", "session_info s2 opus"]],
  ["reports the session again if it switches to another model", [
    INIT,
    switched("model_fallback"),
    textBlock("m", "Hi"),
    { ...INIT },
    switched("model_consent_fallback"),
    INIT,
    switched("model_refusal_fallback"),
  ], [
    "session_info s1 opus",
    "session_info s1 haiku",
    "notice model",
    "text Hi m#0",
    "session_info s1 opus",
    "session_info s1 haiku",
    "notice model",
    "session_info s1 opus",
    "session_info s1 haiku",
    "notice refusal",
  ]],
  ["keeps the model of the session if a subagent switches to another one", [
    INIT,
    switched("model_fallback", { parent_tool_use_id: "t1" }),
    switched("model_refusal_fallback", { scope: "local" }),
  ], ["session_info s1 opus", "notice model of t1", "notice refusal"]],
  ["reports the session again if its id changes", [INIT, { ...INIT, session_id: "s2" }], [
    "session_info s1 opus",
    "session_info s2 opus",
  ]],
  ["reports no session if the session to resume does not exist", [
    { ...RESULT, is_error: true, num_turns: 0, session_id: "none" },
  ], ["result done"]],
  ["counts the blocks of a message that arrives in parts", [
    block("m1", { type: "thinking", thinking: "a" }),
    textBlock("m1", "b"),
    use("t", "Bash"),
    textBlock("m2", "c"),
    block("m2", { type: "tool_use", id: "t", name: "Bash", input: {} }),
    textBlock("m2", "d"),
  ], ["thinking a m1#0", "text b m1#1", "tool_use", "text c m2#0", "tool_use", "text d m2#2"]],
  ["counts the blocks of a message that arrives at once", [
    assistant([{ type: "redacted_thinking", data: "" }, { type: "text", text: "a" }]),
  ], ["notice redacted_thinking", "text a msg_1#1"]],
  ["gives a delta the message id and the index of its complete block", [
    start("m1"),
    delta(0, "He"),
    delta(0, "llo"),
    textBlock("m1", "Hello"),
    start("m2"),
    delta(0, "Bye"),
    textBlock("m2", "Bye"),
  ], [
    "text_delta He m1#0",
    "text_delta llo m1#0",
    "text Hello m1#0",
    "text_delta Bye m2#0",
    "text Bye m2#0",
  ]],
  ["separates the interleaved messages of parallel subagents", [
    start("main"),
    start("one", "t1"),
    start("two", "t2"),
    delta(0, "1a", "t1"),
    delta(0, "2a", "t2"),
    textBlock("two", "2a", "t2"),
    delta(1, "2b", "t2"),
    delta(0, "1b", "t1"),
    textBlock("one", "1a1b", "t1"),
    textBlock("two", "2b", "t2"),
    delta(0, "x"),
    textBlock("main", "x"),
  ], [
    "text_delta 1a one#0 of t1",
    "text_delta 2a two#0 of t2",
    "text 2a two#0 of t2",
    "text_delta 2b two#1 of t2",
    "text_delta 1b one#0 of t1",
    "text 1a1b one#0 of t1",
    "text 2b two#1 of t2",
    "text_delta x main#0",
    "text x main#0",
  ]],
  ["completes the tokens at the end of a message with those at its start", [
    start("m1", null, { input_tokens: 100, cache_read_input_tokens: 30, output_tokens: 1 }),
    start("s1", "t1", { input_tokens: 7 }),
    stream("message_delta", { usage: { output_tokens: 42 } }),
    stream("message_delta", { usage: { output_tokens: 5 } }, { parent_tool_use_id: "t1" }),
  ], [
    "usage m1 100 42 30 0",
    "usage s1 7 5 0 0 of t1",
  ]],
  ["reports the tokens of a message that was cut off when the next one or the result arrives", [
    start("m1", null, { input_tokens: 100, output_tokens: 1 }),
    delta(0, "a"),
    start("m2", null, { input_tokens: 7, output_tokens: 1 }),
    RESULT,
  ], ["text_delta a m1#0", "usage m1 100 1 0 0", "usage m2 7 1 0 0", "result done"]],
  ["reports the tokens of a message once, although each of its lines states them", [
    counted("m1", 50, "a"),
    counted("m1", 50, "b"),
    counted("m2", 7, "c"),
  ], ["text a m1#0", "usage m1 4 50 0 0", "text b m1#1", "text c m2#0", "usage m2 4 7 0 0"]],
  ["treats a second result of a call as the result of an unknown call", [
    use("t1", "Bash"),
    toolResult("t1"),
    toolResult("t1"),
  ], ["tool_use", "tool_result t1 Bash", "tool_result t1 unknown"]],
  ["separates several results in one message", [
    use("t1", "Bash"),
    use("t2", "Read"),
    user(["t2", "t1"].map((id) => ({ type: "tool_result", tool_use_id: id, content: id }))),
  ], ["tool_use", "tool_use", "tool_result t2 Read", "tool_result t1 Bash"]],
  ["pairs calls whose ids are names of Object.prototype", [
    toolResult("__proto__"),
    use("constructor", "Bash"),
    toolResult("constructor"),
  ], ["tool_result __proto__ unknown", "tool_use", "tool_result constructor Bash"]],
  ["keeps the call of a background subagent open when a result arrives", [
    use("agent", "Agent"),
    toolResult("agent"),
    use("t1", "Bash", "agent"),
    RESULT,
    toolResult("t1", {}, "agent"),
  ], [
    "tool_use",
    "tool_result agent Agent",
    "tool_use of agent",
    "result done",
    "tool_result t1 Bash of agent",
  ]],
  ["marks the result of an interrupted tool", [
    use("t1", "Bash"),
    { ...toolResult("t1", INTERRUPTION), tool_use_result: "User rejected tool use" },
  ], ["tool_use", "tool_result t1 Bash interrupted"]],
  ["reports a denial once, even if the result repeats it", [
    DENIED,
    DENIED,
    DENYING_RESULT,
    DENYING_RESULT,
  ], ["permission_denied t1 Bash no", "result done", "result done"]],
  ["reports a denial that only the result lists, before the result", [DENYING_RESULT], [
    "permission_denied t1 Bash",
    "result done",
  ]],
  ["reports a denial that a tool result states, before the tool result", [
    INIT,
    use("t1", "Bash", "agent"),
    toolResult("t1", DENIAL, "agent"),
    DENYING_RESULT,
  ], [
    "session_info s1 opus",
    "tool_use of agent",
    "permission_denied t1 Bash This command requires approval of agent",
    "tool_result t1 Bash of agent",
    "result done",
  ]],
  ["finds the subagent of a denied call", [use("t1", "Bash", "agent"), DENIED], [
    "tool_use of agent",
    "permission_denied t1 Bash no of agent",
  ]],
  ["detects no denial in a result that is not an error, and in that of an unknown call", [
    INIT,
    use("t1", "Bash"),
    toolResult("t1", { content: DENIAL.content }),
    toolResult("t2", DENIAL),
  ], ["session_info s1 opus", "tool_use", "tool_result t1 Bash", "tool_result t2 unknown"]],
  ["detects no denial by its text if the version is unknown", [
    use("t1", "Bash"),
    toolResult("t1", DENIAL),
  ], ["tool_use", "tool_result t1 Bash"]],
  ["repeats the tool call and the description of a task", [STARTED, ENDED], [
    "task started t Look",
    "task completed t Look",
  ]],
  ["reports the end of a task again if the summary is new", [
    ENDED,
    notified("completed", "fine"),
    ENDED,
  ], ["task completed", "task completed fine"]],
  ["reports the end of a task once without a new summary", [
    TASK_FAILED,
    notified("failed", "no"),
    notified("failed"),
  ], ["task failed no"]],
  ["reports the end of each task", [ENDED, { ...ENDED, task_id: "b" }], [
    "task completed",
    "task completed",
  ]],
  ["adds the name of the last API error to a failed result", [API_ERROR, FAILED], [
    "text Overloaded m#0",
    "result done overloaded",
  ]],
  ["adds the name of the last retry to a failed result", [
    { type: "system", subtype: "api_retry", error: "rate_limit" },
    FAILED,
  ], ["retry", "result done rate_limit"]],
  ["forgets an API error after a text or a result", [
    API_ERROR,
    textBlock("m", "It works."),
    FAILED,
    API_ERROR,
    RESULT,
    FAILED,
  ], [
    "text Overloaded m#0",
    "text It works. m#1",
    "result done",
    "text Overloaded m#2",
    "result done",
    "result done",
  ]],
];

for (const [what, messages, expected] of SEQUENCES) {
  Deno.test(`Normalizer ${what}`, () => {
    assertEquals(reader().read(...messages).map(brief), expected);
  });
}

Deno.test("Normalizer never reports the session that a fork starts from", () => {
  const { read } = reader({ forkedFrom: "s1" });
  const result = { ...RESULT, session_id: "s1" };
  const events = read(empty("s1"), INIT, { ...INIT, session_id: "s2" }, result);
  assertEquals(events.map(brief), ["session_info s2 opus", "result done"]);
  assert(!JSON.stringify(events).includes('"s1"'));
});

Deno.test("Normalizer.end reports the session of a stream without a turn, once", () => {
  const { normalizer, read } = reader();
  assertEquals(normalizer.end(), []);
  assertEquals(read(HOOK_STARTED).map(brief), ["notice hook"]);
  assertEquals(normalizer.end().map(brief), ["session_info s1"]);
  assertEquals(normalizer.end(), []);
});

Deno.test("Normalizer.apiKeySource is the last source of the API key that init stated", () => {
  const { normalizer, read } = reader();
  read(INIT);
  assertEquals(normalizer.apiKeySource, undefined);
  read({ ...INIT, apiKeySource: "ANTHROPIC_API_KEY" }, INIT);
  assertEquals(normalizer.apiKeySource, "ANTHROPIC_API_KEY");
});

Deno.test("Normalizer measures the time from a call to its result", () => {
  let now = 0;
  const { read } = reader({ clock: () => now });
  const rows = [
    [10, use("t1", "Bash"), undefined],
    [20, use("t2", "Read"), undefined],
    [25, use("t3", "Grep", "t1"), undefined],
    [30.6, toolResult("t2"), 11],
    [40, toolResult("t3", {}, "t1"), 15],
    [110, toolResult("t1"), 100],
    [120, toolResult("t4"), null],
  ] as const;
  for (const [ms, message, expected] of rows) {
    now = ms;
    const [event] = read(message);
    assertEquals(event?.type === "tool_result" ? event.duration_ms : undefined, expected);
  }
});

Deno.test("Normalizer reports the blocks of a result only if they are more than text", () => {
  const image = {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: "AAAA" },
  };
  const text = { type: "text", text: "seen" };
  const contentOf = (content: unknown) => {
    const [event] = reader().read(toolResult("a", { content }));
    return event?.type === "tool_result" ? [event.text, event.content] : event;
  };
  assertEquals(contentOf([text]), ["seen", undefined]);
  assertEquals(contentOf([text, image]), ["seen\n[image/png, 3 B]", [text, image]]);
});

Deno.test("Normalizer marks the texts that Claude Code wrote itself", () => {
  const isSynthetic = (model: string) => {
    const content = [{ type: "text", text: "API Error: 500" }];
    const [event] = reader().read({ type: "assistant", message: { id: "m", model, content } });
    return event?.type === "text" ? event.synthetic : event;
  };
  assertEquals([isSynthetic("<synthetic>"), isSynthetic("claude-opus-4-8")], [true, undefined]);
});

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
    [false, INIT, STARTED, RESULT],
    [true, INIT, STARTED, RESULT, ENDED],
  ];
  for (const [expected, ...messages] of rows) {
    const { normalizer, read } = reader({ partial: false });
    read(...messages);
    assertEquals(normalizer.isIdle, expected, JSON.stringify(messages));
  }
});

Deno.test("Normalizer.needsInput is true until the prompt has its result, and for scheduled turns", () => {
  const scheduled = toolResult("t1", {});
  const wakeUp = { ...scheduled, tool_use_result: { scheduledFor: 1_800_000_000_000 } };
  const canceled = { ...scheduled, tool_use_result: { scheduledFor: 0, stopped: true } };
  const rows: [expected: boolean, ...messages: unknown[]][] = [
    [true],
    [true, INIT],
    [false, INIT, RESULT],
    [false, INIT, RESULT, INIT],
    [true, INIT, { ...RESULT, origin: { kind: "task-notification" } }],
    ...[null, "x", { kind: "human" }].map((origin): [boolean, ...unknown[]] => [
      false,
      INIT,
      { ...RESULT, origin },
    ]),
    [true, INIT, wakeUp, RESULT],
    [true, INIT, wakeUp, RESULT, INIT],
    [false, INIT, wakeUp, RESULT, INIT, RESULT],
    [false, INIT, wakeUp, canceled, RESULT],
  ];
  for (const [expected, ...messages] of rows) {
    const { normalizer, read } = reader();
    read(...messages);
    assertEquals(normalizer.needsInput, expected, JSON.stringify(messages));
  }
});

Deno.test("Normalizer knows every message of the recordings", () => {
  for (const { name, lines } of readRecordings()) {
    const { normalizer } = reader();
    const events = lines.flatMap((line) => normalizer.read(line));
    assertEquals(events.filter(({ type }) => type === "unknown" || type === "raw"), [], name);
  }
});

Deno.test("Normalizer without partial messages emits all other events", () => {
  const isPartial = ({ type }: EventBody) => type === "text_delta" || type === "thinking_delta";
  for (const { name, lines } of readRecordings()) {
    const eventsOf = (partial: boolean) => {
      const { normalizer } = reader({ partial });
      return lines.flatMap((line) => normalizer.read(line)).map(bodyOf);
    };
    assertEquals(eventsOf(false), eventsOf(true).filter((event) => !isPartial(event)), name);
  }
  const events = reader({ partial: false }).read(stream("content_block_news"), delta(0, "a"));
  assertEquals(events.map(({ type }) => type), ["unknown"]);
});

Deno.test("Normalizer takes linear time for a message with many tool results", () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `t${index}`);
  const content = ids.map((id) => ({ type: "tool_result", tool_use_id: id, content: "no" }));
  const decision = { decision: "reject", source: "config" };
  const meta = ids.map((id) => ({ id, permission_decision: decision }));
  const events = reader().normalizer.read({
    type: "user",
    message: { content },
    tool_result_meta: meta,
  });
  assertEquals(events.length, ids.length);
});

Deno.test("Normalizer does not count the API time of earlier runs of a process", () => {
  const usage = new UsageReader({ isOneProcess: true });
  const apiTimes = [[20, 50], [60], [0], [75], [5]].map((totals) =>
    reader({ usage }).read(
      ...totals.map((duration_api_ms) => ({ type: "result", duration_api_ms })),
    )
      .map((event) => event.type === "result" ? event.api_duration_ms : event)
  );
  assertEquals(apiTimes, [[20, 50], [10], [0], [15], [5]]);
});
