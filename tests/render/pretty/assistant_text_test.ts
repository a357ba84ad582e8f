import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { EventBody } from "../../../lib/events.ts";
import {
  delta,
  failedExit,
  parentOf,
  result,
  show,
  startRun,
  text,
  thinking,
  use,
} from "../../support/rendered_run.ts";

function thought(text: string): EventBody {
  return { ...delta(text), type: "thinking_delta" };
}

const LEFT = { message_id: "l", ...parentOf("a") };
const RIGHT = { message_id: "r", ...parentOf("b") };
const RETRACTED: EventBody = {
  type: "notice",
  level: "info",
  kind: "retracted",
  text: "the text above",
  retracts: ["msg_1"],
};
const LONG = "Let me look at the configuration of it";

const CASES: readonly { name: string; events: readonly EventBody[]; lines: readonly string[] }[] = [
  {
    name: "shows the rest of a text that is longer than what was streamed",
    events: [delta("The first "), text("The first half and the second.")],
    lines: ["The first half and the second."],
  },
  {
    name: "shows a complete text that differs from what was streamed",
    events: [delta("Something"), text("Another thing.")],
    lines: ["Something", "", "Another thing."],
  },
  {
    name: "does not repeat a text that is trimmed",
    events: [delta("\nHello\n\n"), text("Hello"), use("a", "Bash", { command: "ls" })],
    lines: ["Hello", "", "● Bash  ls"],
  },
  {
    name: "distinguishes the blocks of a message",
    events: [
      thought("Thinking about it."),
      { ...thinking("Thinking about it."), message_id: "msg_1" },
      delta("Text.", { index: 1 }),
      text("Text.", { index: 1 }),
    ],
    lines: ["┊ Thinking about it.", "", "Text."],
  },
  {
    name: "does not shorten thinking that was streamed",
    events: [thought("1\n2\n3\n"), thought("4\n5\n6"), use("a", "Bash", { command: "ls" })],
    lines: ["┊ 1", "┊ 2", "┊ 3", "┊ 4", "┊ 5", "┊ 6", "", "● Bash  ls"],
  },
  {
    name: "sanitizes sequences that arrive in pieces",
    events: [
      ...["a\x1b", "[3", "1mred\x1b[", "0m \x1b", "]0;x\x07 \ud83d", "\ude00 ", "\r", "\nend"]
        .map((piece) => delta(piece)),
      use("a", "Bash", { command: "ls" }),
    ],
    lines: ["ared ␛]0;x␇ 😀", "end", "", "● Bash  ls"],
  },
  {
    name: "shows the text of subagents when it is complete",
    events: [
      use("a", "Task", { description: "Left" }),
      use("b", "Task", { description: "Right" }),
      delta("Left is ", LEFT),
      delta("Right is ", RIGHT),
      delta("well, ", LEFT),
      text("Left is well, I think.", LEFT),
      delta("ill.", RIGHT),
      text("Right is ill.", RIGHT),
    ],
    lines: [
      "● Task  Left",
      "● Task  Right",
      "↳ Task  Left",
      "│ Left is well, I think.",
      "",
      "↳ Task  Right",
      "│ Right is ill.",
    ],
  },
  {
    name: "shows what arrives between the pieces of a line above it",
    events: [
      delta("- One of the things that I "),
      { type: "notice", level: "warning", kind: "plugin", text: "slow" },
      delta("want to do is this."),
      text("- One of the things that I want to do is this."),
    ],
    lines: ["! plugin: slow", "", "- One of the things that I want to do", "  is this."],
  },
  {
    name: "keeps a text that never becomes complete",
    events: [
      delta("Half a sen"),
      { type: "error", error: { kind: "interrupt", message: "interrupted" } },
      failedExit({ reason: "interrupt", turns: 0 }),
    ],
    lines: ["Half a sen", "", "error: interrupted", "", "✗ interrupt · 2m 05s · $0.0050"],
  },
  {
    name: "ends a text before a tool call, and shows the rest after it",
    events: [
      delta("I look"),
      use("a", "Bash", { command: "ls" }),
      result("a", "x"),
      text("I look."),
    ],
    lines: ["I look", "", "● Bash  ls", "  └ x", "", "."],
  },
  {
    name: "joins the blocks of a message that follow each other directly",
    events: [
      text("The tool came out in "),
      text("2018", { index: 1 }),
      { type: "rate_limit", status: "allowed" },
      text(", as **the", { index: 2 }),
      text(" blog** says.", { index: 3 }),
      text("Next message.", { message_id: "msg_2" }),
    ],
    lines: ["The tool came out in 2018, as **the", "blog** says.", "", "Next message."],
  },
  {
    name: "joins blocks that are streamed",
    events: [
      delta("It came out in "),
      text("It came out in "),
      delta("20", { index: 1 }),
      delta("18", { index: 1 }),
      text("2018.", { index: 1 }),
    ],
    lines: ["It came out in 2018."],
  },
  {
    name: "joins the blocks of subagents",
    events: [
      use("a", "Task", { description: "Left" }),
      use("b", "Task", { description: "Right" }),
      text("Left ", LEFT),
      text("is well.", { ...LEFT, index: 1 }),
      text("Right ", RIGHT),
      text("is ill.", { ...RIGHT, index: 1 }),
    ],
    lines: [
      "● Task  Left",
      "● Task  Right",
      "↳ Task  Left",
      "│ Left is well.",
      "",
      "↳ Task  Right",
      "│ Right is ill.",
    ],
  },
  {
    name: "does not join blocks with thinking, a tool call or another agent between them",
    events: [
      text("One."),
      thinking("Hm.", { message_id: "msg_1", index: 1 }),
      text("Two.", { index: 2 }),
      use("a", "Task", { description: "Left" }),
      text("Three.", { index: 4 }),
      text("Left.", LEFT),
      text("Four.", { index: 5 }),
    ],
    lines: [
      "One.",
      "",
      "┊ Hm.",
      "",
      "Two.",
      "",
      "● Task  Left",
      "",
      "Three.",
      "",
      "↳ Task  Left",
      "│ Left.",
      "",
      "Four.",
    ],
  },
  {
    name: "joins a message that continues one that was cut off",
    events: [
      text("The first ha"),
      { type: "user_text", kind: "continuation", text: "Output token limit hit. Resume directly" },
      text("lf and the", { message_id: "msg_2", continues: true }),
      text(" second.", { message_id: "msg_3", continues: true }),
    ],
    lines: ["The first half and the second."],
  },
  {
    name: "joins a streamed message that continues one that was cut off",
    events: [
      delta("The first ha"),
      {
        type: "user_text",
        kind: "continuation",
        text: "Your response above was cut off mid-stream.",
      },
      delta("lf and ", { message_id: "msg_2" }),
      delta("the second.", { message_id: "msg_2" }),
      text("lf and the second.", { message_id: "msg_2", continues: true }),
    ],
    lines: ["The first half and the second."],
  },
  {
    name: "shows that a text was retracted",
    events: [text("I can do that.\nFirst"), RETRACTED, text("No.", { message_id: "msg_2" })],
    lines: ["I can do that.", "", "· retracted: the text above", "", "No."],
  },
  {
    name: "does not show a short text that was retracted at once",
    events: [text("I can"), RETRACTED, text("No.", { message_id: "msg_2" })],
    lines: ["No."],
  },
  {
    name: "shows that a streamed text was retracted",
    events: [delta("I can do"), RETRACTED, text("No.", { message_id: "msg_2" })],
    lines: ["I can do", "", "· retracted: the text above", "", "No."],
  },
];

for (const { name, events, lines } of CASES) {
  Deno.test(`AssistantText ${name}`, () => assertEquals(show(events, { columns: 40 }), [...lines]));
}

Deno.test("AssistantText shows a text while it is generated, and not again when it is complete", () => {
  const run = startRun({ columns: 40, live: true });
  for (const piece of ["Let ", "me lo", "ok at", " the configuration of it"]) {
    run.give(delta(piece));
  }
  assertEquals(run.lines().at(-1), LONG);
  run.give(text(LONG));
  assertEquals(run.lines().filter((line) => line.includes("Let me")), [LONG]);
  assert(run.progress.hasShown(LONG));
});

Deno.test("AssistantText ends its styles in each write", () => {
  const run = startRun({ columns: 40, color: true, live: true });
  for (const piece of ["**strong ", "words** and ", "`code ", "here`\n"]) run.give(delta(piece));
  run.give(text("**strong words** and `code here`\n"));
  for (const write of run.writes) {
    // deno-lint-ignore no-control-regex -- it counts style sequences
    const codes = Array.from(write.matchAll(/\x1b\[(\d+)m/g), ([, code]) => Number(code));
    assertEquals(codes.length, 2 * codes.filter((code) => code === 22 || code === 39).length);
  }
  assertStringIncludes(run.text(), "\x1b[1m**strong words**\x1b[22m");
});
