import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type RunEvent } from "../../lib/events.ts";
import type { AnswerScope } from "../../lib/run/answer.ts";
import { LineReader } from "../../lib/run/line_reader.ts";
import { RunState } from "../../lib/run/run_state.ts";
import type { JsonObject } from "../support/json.ts";

/** Reads messages, and returns the events. */
function read(messages: readonly JsonObject[], answer?: AnswerScope): RunEvent[] {
  const createEvent = createEventFactory(() => null);
  const reader = new LineReader({ createEvent, state: new RunState(), answer });
  return messages.flatMap((message) => reader.read(JSON.stringify(message)));
}

/** Returns the answer and the texts of the warnings. */
function answerOf(messages: readonly JsonObject[], scope?: AnswerScope) {
  const events = read(messages, scope);
  const result = events.findLast((event) => event.type === "result");
  const warnings = events.flatMap((event) =>
    event.type === "notice" && event.level === "warning" && event.kind !== "refusal"
      ? [event.kind]
      : []
  );
  return [result?.answer, warnings];
}

const INIT: JsonObject = { type: "system", subtype: "init", session_id: "s" };

/** Returns a line of a model's message. */
function assistant(id: string, blocks: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    type: "assistant",
    uuid: `line-${id}`,
    message: { id, model: "opus", content: blocks, ...more },
  };
}

function said(text: string): JsonObject {
  return { type: "text", text };
}

const THOUGHT: JsonObject = { type: "thinking", thinking: "Hm." };
const CALL: JsonObject = { type: "tool_use", id: "t1", name: "Bash", input: { command: "ls" } };
const SERVER_CALL: JsonObject = { ...CALL, type: "server_tool_use", name: "web_search" };
const OUTPUT: JsonObject = {
  type: "user",
  message: { content: [{ type: "tool_result", tool_use_id: "t1", content: "a" }] },
};

/** Returns a text that Claude Code gives to the model. */
function told(text: string, more: JsonObject = {}): JsonObject {
  return { type: "user", message: { content: [said(text)] }, isSynthetic: true, ...more };
}

const GO_ON = told("Output token limit hit. Resume directly — no apology.");
const RECONNECTED = told("Your response above was cut off mid-stream. Resume directly.");

/** Returns a successful result. */
function done(text: unknown, more: JsonObject = {}): JsonObject {
  return { type: "result", subtype: "success", is_error: false, result: text, ...more };
}

const NOTIFIED: JsonObject = { origin: { kind: "task-notification" } };

/** What design.md says about the answer, line by line. */
const ROWS: readonly [rule: string, messages: readonly JsonObject[], answer: string][] = [
  [
    "all text of the main agent after its last tool call",
    [
      assistant("m1", [said("I look."), CALL]),
      OUTPUT,
      assistant("m2", [said("It is a.")]),
      done("It is a."),
    ],
    "It is a.",
  ],
  [
    "a tool of the API counts as a tool call",
    [
      assistant("m1", [said("Searching.")]),
      assistant("m1", [SERVER_CALL]),
      assistant("m1", [said("Found.")]),
      done("Found."),
    ],
    "Found.",
  ],
  [
    "a subagent does not speak for the main agent",
    [
      assistant("m1", [said("Done.")]),
      { ...assistant("a1", [said("Inner.")]), parent_tool_use_id: "t1" },
      done("Done."),
    ],
    "Done.",
  ],
  [
    "text blocks that follow each other directly are one text",
    [
      assistant("m1", [said("Deno came ")]),
      assistant("m1", [said("out in ")]),
      assistant("m1", [said("2018.")]),
      done("2018."),
    ],
    "Deno came out in 2018.",
  ],
  [
    "messages without ids are separate",
    [
      { type: "assistant", message: { content: [said("A "), said("list.")] } },
      { type: "assistant", message: { content: "The end." } },
      done("The end."),
    ],
    "A list.\n\nThe end.",
  ],
  [
    "text, thinking, text are two texts",
    [
      assistant("m1", [said("First.")]),
      assistant("m1", [THOUGHT]),
      assistant("m1", [said("Second.")]),
      done("Second."),
    ],
    "First.\n\nSecond.",
  ],
  [
    "text, hidden thinking, text are two texts",
    [
      assistant("m1", [said("First."), { type: "thinking", thinking: "" }, said("Second.")]),
      done("Second."),
    ],
    "First.\n\nSecond.",
  ],
  [
    "a message after the output limit is appended",
    [assistant("m1", [said("First ha")]), GO_ON, assistant("m2", [said("lf.")]), done("lf.")],
    "First half.",
  ],
  [
    "a message after a broken stream is appended",
    [
      assistant("m1", [said("First ha")]),
      RECONNECTED,
      assistant("m2", [THOUGHT, said("lf.")]),
      done("lf."),
    ],
    "First half.",
  ],
  [
    "a message after the output limit is appended without the mark of newer versions",
    [assistant("m1", [said("First ha")]), assistant("m2", [said("lf.")]), done("lf.")],
    "First half.",
  ],
  [
    "a message after a complete one is not a continuation",
    [
      assistant("m1", [said("One.")], { stop_reason: "end_turn" }),
      assistant("m2", [said("Two.")]),
      done("Two."),
    ],
    "One.\n\nTwo.",
  ],
  [
    "a Stop hook that makes claude continue adds to the report",
    [
      assistant("m1", [said("The report.")]),
      told("Stop hook feedback:\n[check.sh]: not done"),
      assistant("m2", [said("The afterword.")]),
      done("The afterword."),
    ],
    "The report.\n\nThe afterword.",
  ],
  [
    "the answers of several turns are separated by a blank line",
    [
      INIT,
      assistant("m1", [said("# Review\n")]),
      done("# Review\n"),
      told("<task-notification>lint</task-notification>"),
      INIT,
      assistant("m2", [said("The review stands.")]),
      done("The review stands.", NOTIFIED),
    ],
    "# Review\n\nThe review stands.",
  ],
  [
    "equal neighbors appear once",
    [
      INIT,
      assistant("m1", [said("Done.")]),
      done("Done."),
      INIT,
      assistant("m2", [said("Done.\n")]),
      done("Done.\n", NOTIFIED),
    ],
    "Done.",
  ],
  [
    "results can come late, several in a row",
    [
      INIT,
      assistant("m1", [CALL]),
      OUTPUT,
      assistant("m2", [said("I wait.")]),
      INIT,
      assistant("m3", [CALL]),
      OUTPUT,
      assistant("m4", [said("The report.")]),
      done("I wait."),
      done("The report.", NOTIFIED),
    ],
    "I wait.\n\nThe report.",
  ],
  [
    "a turn without a result does not count",
    [
      INIT,
      assistant("m1", [said("Done.")]),
      done("Done."),
      INIT,
      assistant("m2", [said("And now")]),
    ],
    "Done.",
  ],
  [
    "a result whose turn has no init ends the turn that has its text",
    [
      INIT,
      assistant("m1", [said("One.")]),
      INIT,
      assistant("m2", [said("Two.")]),
      done("Two."),
    ],
    "Two.",
  ],
  [
    "the run of another session has its own answer",
    [
      INIT,
      assistant("m1", [said("One.")]),
      done("One."),
      { ...INIT, session_id: "another" },
      assistant("m2", [said("Two.")]),
      done("Two."),
    ],
    "Two.",
  ],
  [
    "only init messages begin the run of another session",
    [
      INIT,
      assistant("m1", [said("One.")]),
      done("One.", { session_id: "odd" }),
      INIT,
      assistant("m2", [said("Two.")]),
      done("Two.", { ...NOTIFIED, session_id: "odd" }),
    ],
    "One.\n\nTwo.",
  ],
  [
    "a last turn without a text adds nothing",
    [
      INIT,
      assistant("m1", [said("The report.")]),
      done("The report."),
      INIT,
      assistant("m2", [THOUGHT]),
      done("", NOTIFIED),
    ],
    "The report.",
  ],
  [
    "a turn for a task that was killed adds nothing",
    [
      INIT,
      done("", { ...NOTIFIED, num_turns: 0 }),
      INIT,
      assistant("m1", [said("The report.")]),
      done("The report."),
      INIT,
      done("", { ...NOTIFIED, num_turns: 0 }),
    ],
    "The report.",
  ],
  [
    "a local command has no message of the model, so its result counts",
    [INIT, assistant("x", [said("Total: $0")], { model: "<synthetic>" }), done("Total: $0")],
    "Total: $0",
  ],
  [
    "a local command of old versions writes to its own output",
    [
      INIT,
      told("<local-command-stdout>Total: $0</local-command-stdout>", { isReplay: true }),
      done(""),
    ],
    "Total: $0",
  ],
  ["a result without messages is the answer", [done("hi")], "hi"],
  ["a result without its text", [assistant("m1", [said("Fine.")]), done(undefined)], "Fine."],
  ["a result whose text is null", [assistant("m1", [said("Fine.")]), done(null)], "Fine."],
  [
    "a text that only the result has is not lost",
    [assistant("m1", [said("One.")]), done("Two.")],
    "One.\n\nTwo.",
  ],
  [
    "the last structured output of any turn is the answer",
    [
      INIT,
      assistant("m1", [said("I answer.")]),
      done("", { structured_output: { n: 1 } }),
      INIT,
      assistant("m2", [said("It stands.")]),
      done("It stands.", NOTIFIED),
    ],
    '{"n":1}',
  ],
  [
    "an earlier text is not missed beside a structured output",
    [
      assistant("m1", [said("I answer."), { ...CALL, name: "StructuredOutput" }]),
      OUTPUT,
      done("", { structured_output: { n: 1 } }),
    ],
    '{"n":1}',
  ],
  [
    "messages that a later one supersedes do not count",
    [
      assistant("m1", [said("I can")]),
      { ...assistant("m2", [said("I can help.")]), supersedes: ["line-m1"] },
      done("I can help."),
    ],
    "I can help.",
  ],
  [
    "a message that supersedes another one does not continue the text before",
    [
      assistant("m1", [said("The report.")]),
      told("Stop hook feedback: not done"),
      assistant("m2", [said("I can")]),
      { ...assistant("m3", [said("The afterword.")]), supersedes: ["line-m2"] },
      done("The afterword."),
    ],
    "The report.\n\nThe afterword.",
  ],
  [
    "messages that were retracted do not count",
    [
      assistant("m1", [said("I can")]),
      {
        type: "system",
        subtype: "model_refusal_fallback",
        retracted_message_uuids: ["line-m1"],
        content: "Another model answers.",
      },
      assistant("m2", [said("Here it is.")]),
      done("Here it is."),
    ],
    "Here it is.",
  ],
  [
    "a message that the model had to abandon does not count",
    [
      assistant("m1", [said("I can")]),
      told("Your response above was stopped.", { refused_message_id: "m1" }),
      assistant("m2", [said("Here it is.")]),
      done("Here it is."),
    ],
    "Here it is.",
  ],
  [
    "white space at the end of a text is not part of it",
    [assistant("m1", [said("  code\n\n\n")]), done("  code\n\n\n")],
    "  code",
  ],
];

Deno.test("the answer is what design.md says", () => {
  for (const [rule, messages, answer] of ROWS) {
    assertEquals(answerOf(messages), [answer, []], rule);
  }
});

Deno.test("the answer is the turn's last text, with a warning, if the model ends without one", () => {
  for (const last of [done(""), done(null), done("Poem.")]) {
    assertEquals(
      answerOf([assistant("m1", [said("Poem."), CALL]), OUTPUT, last]),
      ["Poem.", ["answer"]],
    );
  }
});

Deno.test("the events of a line with several messages are in the order of their numbers", () => {
  const reader = new LineReader({
    createEvent: createEventFactory(() => null),
    state: new RunState(),
  });
  const messages = [assistant("m1", [said("Poem."), CALL]), done(""), { type: "later" }];
  const events = reader.read(messages.map((message) => JSON.stringify(message)).join(""));
  assertEquals(events.map(({ type }) => type), ["text", "tool_use", "result", "unknown", "notice"]);
  assertEquals(events.map(({ seq }) => seq), [0, 1, 2, 3, 4]);
});

Deno.test("the answer can be that of the last turn only", () => {
  const turns = [
    INIT,
    assistant("m1", [said("One.")]),
    done("One."),
    INIT,
    assistant("m2", [said("Two.")]),
    done("Two.", NOTIFIED),
    INIT,
    done("", { ...NOTIFIED, num_turns: 1, usage: { input_tokens: 1 } }),
  ];
  assertEquals(answerOf(turns, "last"), ["Two.", []]);
  assertEquals(answerOf(turns, "all"), ["One.\n\nTwo.", []]);
});

Deno.test("the answers of many turns share their text", () => {
  const text = "x".repeat(1000);
  const messages = Array.from({ length: 10_000 }, (_, turn) => done(`${turn} ${text}`));
  // One copy of the answer for each turn would be 50 GB.
  const last = read(messages).at(-1);
  assert(last?.type === "result" && Number(last.answer?.length) > 10_000_000);
});

Deno.test("a failed turn adds nothing to the answer", () => {
  const failed = { type: "result", subtype: "success", is_error: true, result: "API Error: 500" };
  const turns = [INIT, assistant("m1", [said("One.")]), done("One."), INIT];
  const late = [
    assistant("m2", [said("API Error: 500")], { model: "<synthetic>" }),
    { ...failed, ...NOTIFIED },
  ];
  assertEquals(answerOf([...turns, ...late]), ["One.", ["late_failure"]]);
  assertEquals(answerOf([assistant("m1", [said("Hm")]), failed]), ["", []]);
});

Deno.test("an earlier structured output is part of later results", () => {
  const events = read([
    INIT,
    assistant("m1", [said("A")]),
    done("", { structured_output: { n: 1 } }),
    INIT,
    assistant("m2", [said("B")]),
    done("B", NOTIFIED),
  ]);
  const outputs = events.flatMap((event) =>
    event.type === "result" ? [event.structured_output] : []
  );
  assertEquals(outputs, [{ n: 1 }, { n: 1 }]);
});

Deno.test("a local command that reports its failure is not a success", () => {
  for (const kind of ["failed", "unavailable_headless", "unknown"]) {
    const text = "It did not work.";
    const reply = assistant("x", [said(text)], { model: "<synthetic>" });
    const result = read([
      INIT,
      { ...reply, local_command_outcome: { kind } },
      done(text, { num_turns: 0, local_command: "odd" }),
    ]).at(-1);
    assert(result?.type === "result" && !result.ok, kind);
  }
});

Deno.test("a run of another session that was killed is not a success", () => {
  const createEvent = createEventFactory(() => null);
  const state = new RunState();
  const reader = new LineReader({ createEvent, state });
  const lines = [INIT, assistant("m1", [said("One.")]), done("One."), {
    ...INIT,
    session_id: "another",
  }];
  for (const line of lines) reader.read(JSON.stringify(line));
  assertEquals(state.hasResult, false);
});
