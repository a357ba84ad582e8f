import { assertEquals } from "@std/assert";
import { TranscriptConverter } from "../../../lib/claude/transcript/converter.ts";
import type { JsonObject } from "../../support/json.ts";
import {
  apiErrorMessage,
  assistant,
  attachment,
  compaction,
  costState,
  type Entry,
  interruption,
  noise,
  prompt,
  taskNotification,
  toolCall,
  toolResult,
  transcript,
} from "../../support/transcripts.ts";

/** The messages that a transcript becomes, and whether its last turn is complete. */
function convert(entries: readonly (Entry | readonly Entry[])[]) {
  const converter = new TranscriptConverter();
  const messages = transcript(entries, { sessionId: "s" })
    .flatMap((entry) => converter.convert(entry));
  const { isComplete } = converter;
  return { messages: [...messages, ...converter.end()], isComplete };
}

/** Names the messages: their type, subtype, and text or tool. */
function outline(messages: readonly JsonObject[]): string[] {
  return messages.map((message) => {
    const { type, subtype, result } = message;
    const kind = [type, subtype].filter(Boolean).join("/");
    const content = (message["message"] as JsonObject | undefined)?.["content"];
    const blocks = Array.isArray(content) ? content : [{ text: content }];
    const texts = blocks.map((block) => block.text ?? block.name ?? block.tool_use_id);
    return [kind, result ?? texts.join(" ")].filter(Boolean).join(": ");
  });
}

const ANSWER = assistant([{ type: "text", text: "Done." }]);
const LS = assistant([toolCall("toolu_1", "Bash", { command: "ls" })]);

const OUTLINES: readonly [name: string, entries: (Entry | Entry[])[], outline: string[]][] = [
  [
    "a prompt and its answer",
    [prompt("Hi."), ANSWER],
    ["system/init", "user: Hi.", "assistant: Done.", "result/success: Done."],
  ],
  [
    "a tool",
    [prompt("Hi."), LS, toolResult("toolu_1", "a"), ANSWER],
    [
      "system/init",
      "user: Hi.",
      "assistant: Bash",
      "user: toolu_1",
      "assistant: Done.",
      "result/success: Done.",
    ],
  ],
  [
    "a turn that is cut off",
    [prompt("Hi."), LS],
    ["system/init", "user: Hi.", "assistant: Bash"],
  ],
  [
    "an interruption",
    [prompt("Hi."), LS, interruption("toolu_1")],
    [
      "system/init",
      "user: Hi.",
      "assistant: Bash",
      "user: toolu_1",
      "user: [Request interrupted by user for tool use]",
    ],
  ],
  [
    "an error of the API",
    [prompt("Hi."), apiErrorMessage(529, "API Error: 529")],
    ["system/init", "user: Hi.", "assistant: API Error: 529", "result/success: API Error: 529"],
  ],
  [
    "the turn limit",
    [prompt("Hi."), LS, toolResult("toolu_1", "a"), attachment("max_turns_reached")],
    [
      "system/init",
      "user: Hi.",
      "assistant: Bash",
      "user: toolu_1",
      "result/error_max_turns",
    ],
  ],
  [
    "two prompts",
    [prompt("One."), ANSWER, prompt("Two."), assistant([{ type: "text", text: "Two." }])],
    [
      "system/init",
      "user: One.",
      "assistant: Done.",
      "result/success: Done.",
      "system/init",
      "user: Two.",
      "assistant: Two.",
      "result/success: Two.",
    ],
  ],
  [
    "a compaction",
    [prompt("One."), ANSWER, compaction("A summary.")],
    [
      "system/init",
      "user: One.",
      "assistant: Done.",
      "result/success: Done.",
      "system/init",
      "user: /compact",
      "system/compact_boundary",
      "user: A summary.",
      "user: <local-command-stdout>Compacted </local-command-stdout>",
      "result/success",
    ],
  ],
  [
    "an unknown command of an old version",
    [prompt("Unknown slash command: hello")],
    [
      "system/init",
      "user: Unknown slash command: hello",
      "result/success: Unknown slash command: hello",
    ],
  ],
  [
    "a compaction without a prompt",
    [prompt("One."), ANSWER, compaction("A summary.").slice(0, 2)],
    [
      "system/init",
      "user: One.",
      "assistant: Done.",
      "result/success: Done.",
      "system/compact_boundary",
      "user: A summary.",
    ],
  ],
  [
    "a compaction during a turn",
    [prompt("One."), LS, compaction("A summary.").slice(0, 2), toolResult("toolu_1", "a")],
    [
      "system/init",
      "user: One.",
      "assistant: Bash",
      "system/compact_boundary",
      "user: A summary.",
      "user: toolu_1",
    ],
  ],
  [
    "a prompt that the model got during a turn",
    [
      prompt("One."),
      LS,
      toolResult("toolu_1", "a"),
      attachment("queued_command", { prompt: "Two." }),
      ANSWER,
    ],
    [
      "system/init",
      "user: One.",
      "assistant: Bash",
      "user: toolu_1",
      "user: Two.",
      "assistant: Done.",
      "result/success: Done.",
    ],
  ],
  [
    "the end of a background task",
    [prompt("One."), ANSWER, taskNotification("a1", "toolu_1", "Found."), ANSWER],
    [
      "system/init",
      "user: One.",
      "assistant: Done.",
      "result/success: Done.",
      "system/task_updated",
      "system/task_notification",
      "system/init",
      "assistant: Done.",
      "result/success: Done.",
    ],
  ],
  ["nothing but records", noise(), []],
];

for (const [name, entries, expected] of OUTLINES) {
  Deno.test(`TranscriptConverter converts ${name}`, () => {
    assertEquals(outline(convert(entries).messages), expected);
  });
}

Deno.test("TranscriptConverter tells whether the last turn is complete", () => {
  const rows: [entries: (Entry | Entry[])[], isComplete: boolean][] = [
    [[], true],
    [[prompt("Hi.")], false],
    [[prompt("Hi."), ANSWER], true],
    [[prompt("Hi."), LS], false],
    [[prompt("Hi."), LS, toolResult("toolu_1", "a")], false],
    [[prompt("Hi."), LS, costState({})], false],
    [[prompt("Hi."), ANSWER, costState({})], true],
    [[prompt("Hi."), assistant([{ type: "text", text: "Hm." }], { stopReason: null })], true],
    [[prompt("Hi."), assistant([{ type: "thinking", thinking: "" }], { stopReason: null })], false],
    [[prompt("Hi."), LS, prompt("Again."), ANSWER], true],
  ];
  for (const [entries, isComplete] of rows) {
    assertEquals(convert(entries).isComplete, isComplete, JSON.stringify(entries));
  }
});

Deno.test("TranscriptConverter states the facts of the session before its first message", () => {
  const [init] = convert([prompt("Hi."), noise(), ANSWER]).messages;
  const { subtype, session_id, model, permissionMode, claude_code_version } = init ?? {};
  assertEquals([subtype, session_id, model, permissionMode, claude_code_version], [
    "init",
    "s",
    "claude-opus-5-5",
    "bypassPermissions",
    "2.1.332",
  ]);
});

Deno.test("TranscriptConverter counts the messages and the tokens of a turn once", () => {
  const twoLines = assistant([
    { type: "thinking", thinking: "Hm." },
    toolCall("toolu_1", "Bash", { command: "ls" }),
  ], { id: "msg_1" });
  const { messages } = convert([prompt("Hi."), twoLines, toolResult("toolu_1", "a"), ANSWER]);
  const { num_turns, usage, duration_ms } = messages.at(-1) ?? {};
  assertEquals([num_turns, duration_ms, usage], [2, 4000, {
    input_tokens: 240,
    output_tokens: 84,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  }]);
});

Deno.test("TranscriptConverter counts the tokens of subagents that Claude Code starts itself", () => {
  const warmUp = [prompt("Warmup"), assistant([{ type: "text", text: "Ready" }])];
  const sidechain = warmUp.flat().map((entry) => ({ ...entry, isSidechain: true }));
  const { messages } = convert([prompt("Hi."), sidechain, ANSWER]);
  const usage = messages.at(-1)?.["usage"] as JsonObject | undefined;
  assertEquals([messages.length, usage?.["input_tokens"]], [4, 240]);
});

Deno.test("TranscriptConverter counts turns as Claude Code does", () => {
  const twoCalls = assistant([
    toolCall("toolu_1", "Bash", { command: "ls" }),
    toolCall("toolu_2", "Bash", { command: "ls" }),
  ]);
  const results = [toolResult("toolu_1", "a"), toolResult("toolu_2", "b")];
  const feedback = { ...prompt("Stop hook feedback:\nGo on."), isMeta: true };
  const { messages } = convert([
    prompt("One."),
    twoCalls,
    ...results,
    ANSWER,
    feedback,
    ANSWER,
    prompt("Two."),
    apiErrorMessage(529, "API Error: 529"),
    compaction("A summary."),
  ]);
  const counts = messages.filter(({ type }) => type === "result").map((result) =>
    result["num_turns"]
  );
  assertEquals(counts, [4, 1, 0]);
});

Deno.test("TranscriptConverter assigns sidechains to the calls with their prompts", () => {
  const call = (id: string, prompt: string) => toolCall(id, "Task", { prompt });
  const sidechain = (text: string, index: number): Entry[] => [
    { ...prompt(text), isSidechain: true, parentUuid: null, uuid: `p${index}` },
    ...assistant([{ type: "text", text: `${text} Yes.` }]).map((entry) => ({
      ...entry,
      isSidechain: true,
      parentUuid: `p${index}`,
    })),
  ];
  const { messages } = convert([
    prompt("Hi."),
    assistant([call("toolu_1", "One."), call("toolu_2", "Two.")]),
    sidechain("Warmup", 0),
    sidechain("Two.", 1),
    sidechain("One.", 2),
  ]);
  const parents = messages.filter(({ type }) => type === "user" || type === "assistant")
    .map((message) => message["parent_tool_use_id"]);
  assertEquals(parents.slice(-4), ["toolu_2", "toolu_2", "toolu_1", "toolu_1"]);
});

Deno.test("TranscriptConverter reports the end of a subagent without the notes for the model", () => {
  const call = assistant([toolCall("toolu_1", "Agent", { prompt: "Look." })]);
  const content = [
    { type: "text", text: "<tools-used-before-summary>Bash</tools-used-before-summary>\n" },
    { type: "text", text: "Found." },
  ];
  const result = toolResult("toolu_1", "Found.", { toolUseResult: { agentId: "a1", content } });
  const { messages } = convert([prompt("Hi."), call, result]);
  const end = messages.find(({ subtype }) => subtype === "task_notification");
  assertEquals([end?.["task_id"], end?.["summary"]], ["a1", "Found."]);
});
