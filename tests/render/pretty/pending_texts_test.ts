import { assertEquals } from "@std/assert";
import type { EventBody } from "../../../lib/events.ts";
import {
  answer,
  delta,
  exit,
  failedExit,
  makeRun,
  parentOf,
  text,
  thinking,
  use,
} from "../../support/rendered_run.ts";

/** Returns what is shown without blank lines and the footer. */
function show(isAnswerElsewhere: boolean, events: readonly EventBody[]): string[] {
  const run = makeRun({ columns: 200, isAnswerElsewhere });
  for (const event of events) run.give(event);
  return run.lines().filter((line) => line !== "" && !/^[✓✗] .*\$/.test(line));
}

const ERROR: EventBody = { type: "error", error: { kind: "failed", message: "it broke" } };
const USAGE = { input: 1, output: 1, cache_read: 0, cache_write: 0 };
const OWN_TEXT = text("Nothing to compact.", { synthetic: true });
const OVERLOADED = "API Error: 529 Overloaded. This is a server-side issue,\n  usually temporary.";

interface Case {
  readonly name: string;
  readonly events: readonly EventBody[];
  readonly lines: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "drops the answer",
    events: [text("Answer.\n"), answer("Answer."), exit()],
    lines: [],
  },
  {
    name: "drops the answer after events that decide nothing",
    events: [
      text("Answer."),
      { type: "usage", message_id: "m", usage: USAGE },
      { type: "rate_limit", status: "allowed" },
      { type: "session_info", session_id: "abc", model: "m" },
      { type: "task", task_id: "1", status: "started" },
      { type: "notice", level: "info", kind: "status", text: "x" },
      { type: "tool_progress", tool_use_id: "a", name: "Bash", elapsed_ms: 1 },
      answer("Answer."),
      { type: "notice", level: "info", kind: "status", text: "y" },
      exit(),
    ],
    lines: ["◆ m · abc", "· status: x", "· status: y"],
  },
  {
    name: "drops the answer if the results of several turns arrive together",
    events: [text("It is finished."), answer("Started it."), answer("It is finished."), exit()],
    lines: [],
  },
  {
    name: "shows the text before what follows it",
    events: [text("I look."), use("a", "Bash", { command: "ls" })],
    lines: ["I look.", "● Bash  ls"],
  },
  {
    name: "drops all texts after the last tool call",
    events: [
      text("I look."),
      use("a", "Bash", { command: "ls" }),
      text("It is ", { message_id: "m2" }),
      text("fine.", { message_id: "m2", index: 1 }),
      text("Bye.", { message_id: "m3" }),
      answer("Bye.", { answer: "It is fine.\n\nBye." }),
      exit(),
    ],
    lines: ["I look.", "● Bash  ls"],
  },
  {
    name: "drops the answers of all turns",
    events: [
      text("I wait for it."),
      answer("I wait for it.", { answer: "I wait for it." }),
      use("z", "Bash", { command: "slow" }, "a"),
      text("Look:", { message_id: "m2" }),
      use("b", "Bash", { command: "ls" }),
      text("The report.", { message_id: "m3" }),
      answer("The report.", { answer: "I wait for it.\n\nThe report." }),
      exit(),
    ],
    lines: ["│ ● Bash  slow", "Look:", "● Bash  ls"],
  },
  {
    name: "shows the texts of all turns if the run fails",
    events: [
      text("One."),
      answer("One."),
      text("Two.", { message_id: "m2" }),
      ERROR,
      failedExit(),
    ],
    lines: ["One.", "Two.", "ccrun: error: it broke"],
  },
  {
    name: "drops a text that the answer contains once",
    events: [
      text("Done."),
      answer("Done."),
      text("Done.", { message_id: "m2" }),
      answer("Done.", { answer: "Done." }),
      exit(),
    ],
    lines: [],
  },
  {
    name: "drops a retracted text",
    events: [
      text("I can"),
      { type: "notice", level: "info", kind: "retracted", text: "a message", retracts: ["msg_1"] },
      text("I cannot.", { message_id: "m2" }),
      ERROR,
      failedExit(),
    ],
    lines: ["I cannot.", "ccrun: error: it broke"],
  },
  {
    name: "keeps thinking behind the text before it",
    events: [
      thinking("Hm."),
      text("I look."),
      thinking("Well.", { index: 2 }),
      use("a", "Bash", { command: "ls" }),
      text("Answer.", { message_id: "m2" }),
      thinking("Is it?", { message_id: "m2", index: 1 }),
      answer("Answer."),
      exit(),
    ],
    lines: ["┊ Hm.", "I look.", "┊ Well.", "● Bash  ls", "┊ Is it?"],
  },
  {
    name: "shows a text that is not in the answer",
    events: [text("Something."), answer("Another thing."), exit()],
    lines: ["Something."],
  },
  {
    name: "shows the text if the answer is the structured output",
    events: [text("Words."), answer("Words.", { structured_output: 1 }), exit()],
    lines: ["Words."],
  },
  {
    name: "shows the texts of earlier turns that are not in the answer",
    events: [
      text("First."),
      answer("First."),
      text("Second.", { message_id: "m2" }),
      answer("Second."),
      exit(),
    ],
    lines: ["First."],
  },
  {
    name: "shows the text before the error of the run",
    events: [text("Answer."), answer("Answer."), ERROR, failedExit()],
    lines: ["Answer.", "ccrun: error: it broke"],
  },
  {
    name: "shows the text of a failed result",
    events: [text("It is no good."), answer("It is no good.", { ok: false }), ERROR, failedExit()],
    lines: ["It is no good.", "ccrun: error: it broke"],
  },
  {
    name: "shows the text of a run without a result",
    events: [text("Half."), failedExit()],
    lines: ["Half."],
  },
  {
    name: "does not withhold a text that was streamed",
    events: [delta("Answer."), text("Answer."), answer("Answer."), exit()],
    lines: ["Answer."],
  },
  {
    name: "does not withhold the text of a subagent",
    events: [text("From below.", parentOf("a")), answer("")],
    lines: ["│ From below."],
  },
];

for (const { name, events, lines } of CASES) {
  Deno.test(`PendingTexts ${name}`, () => assertEquals(show(true, events), [...lines]));
}

const OWN_CASES: readonly Case[] = [
  {
    name: "drops an API failure that the error repeats",
    events: [
      text(OVERLOADED, { synthetic: true }),
      answer(OVERLOADED, { ok: false }),
      {
        type: "error",
        error: { kind: "api", message: OVERLOADED.replaceAll(/\s+/g, " "), hint: "wait a little" },
      },
      failedExit(),
    ],
    lines: [
      "ccrun: error: API Error: 529 Overloaded. This is a server-side issue, usually temporary.",
      "              wait a little",
    ],
  },
  {
    name: "shows a text of claude itself that the error does not repeat",
    events: [OWN_TEXT, ERROR, failedExit()],
    lines: ["Nothing to compact.", "ccrun: error: it broke"],
  },
  {
    name: "shows a text of claude itself before what follows it",
    events: [OWN_TEXT, use("a", "Bash", { command: "ls" })],
    lines: ["Nothing to compact.", "● Bash  ls"],
  },
  {
    name: "shows the text of a failed result once",
    events: [OWN_TEXT, answer(OWN_TEXT.text, { ok: false }), ERROR, failedExit()],
    lines: ["✗ failed: Nothing to compact.", "ccrun: error: it broke"],
  },
  {
    name: "does not show a failed result after the same text",
    events: [text("It is bad."), answer("It is bad.", { ok: false }), ERROR, failedExit()],
    lines: ["It is bad.", "ccrun: error: it broke"],
  },
  {
    name: "does not show a failed result that the error repeats",
    events: [
      answer("it broke", { ok: false }),
      { type: "notice", level: "info", kind: "stderr", text: "x" },
      ERROR,
      failedExit(),
    ],
    lines: ["claude: x", "ccrun: error: it broke"],
  },
  {
    name: "shows what only a failed result contains",
    events: [answer("", { ok: false, errors: ["No session."] }), ERROR, failedExit()],
    lines: ["✗ failed: No session.", "ccrun: error: it broke"],
  },
  {
    name: "shows a failed result if the run continues",
    events: [
      answer("No.", { ok: false }),
      { type: "rate_limit", status: "allowed" },
      text("Again."),
      use("a", "Bash", { command: "ls" }),
    ],
    lines: ["✗ failed: No.", "Again.", "● Bash  ls"],
  },
];

for (const { name, events, lines } of OWN_CASES) {
  Deno.test(`PendingTexts ${name}`, () => {
    for (const isAnswerElsewhere of [true, false]) {
      assertEquals(
        show(isAnswerElsewhere, events),
        [...lines],
        `isAnswerElsewhere ${isAnswerElsewhere}`,
      );
    }
  });
}

Deno.test("PendingTexts shows a text of claude itself if the answer is not printed elsewhere", () => {
  const events = [OWN_TEXT, answer(OWN_TEXT.text), exit()];
  assertEquals(show(false, events), ["Nothing to compact."]);
});

const TURN_ONE = [text("One."), answer("One.")];
const TOOL_CALL = use("a", "Bash", { command: "ls" });

const SHOWN_CASES: readonly {
  readonly name: string;
  readonly events: readonly EventBody[];
  readonly answer: string;
  readonly isShown: boolean;
}[] = [
  { name: "a text", events: TURN_ONE, answer: "One.\n", isShown: true },
  { name: "an empty answer", events: [answer("")], answer: "\n", isShown: false },
  {
    name: "a sentence in several blocks",
    events: [text("It is "), text("so", { index: 1 }), text(".", { index: 2 }), answer(".")],
    answer: "It is so.\n",
    isShown: true,
  },
  {
    name: "the answers of two turns",
    events: [...TURN_ONE, TOOL_CALL, text("Two.", { message_id: "m2" }), answer("Two.")],
    answer: "One.\n\nTwo.\n",
    isShown: true,
  },
  {
    name: "the answer of the last turn only",
    events: [...TURN_ONE, text("Two.", { message_id: "m2" }), answer("Two.")],
    answer: "Two.\n",
    isShown: true,
  },
  {
    name: "a text before the last tool call, without one after it",
    events: [text("One."), TOOL_CALL, answer("")],
    answer: "One.\n",
    isShown: true,
  },
  {
    name: "a text that begins like an earlier one",
    events: [text("I"), TOOL_CALL, text("I see.", { message_id: "m2" }), answer("I see.")],
    answer: "I see.\n",
    isShown: true,
  },
  {
    name: "the answers of two turns whose results arrive late",
    events: [
      text("One."),
      text("I look.", { message_id: "m2" }),
      TOOL_CALL,
      text("Two.", { message_id: "m3" }),
      answer("One."),
      answer("Two."),
    ],
    answer: "One.\n\nTwo.\n",
    isShown: true,
  },
  {
    name: "an answer with more than the texts",
    events: TURN_ONE,
    answer: "One.\n\nMore.\n",
    isShown: false,
  },
  {
    name: "the text of a subagent",
    events: [text("One.", parentOf("a")), answer("One.")],
    answer: "One.\n",
    isShown: false,
  },
  {
    name: "a text that was retracted",
    events: [
      text("One."),
      { type: "notice", level: "info", kind: "retracted", text: "it", retracts: ["msg_1"] },
      answer("One."),
    ],
    answer: "One.\n",
    isShown: false,
  },
];

for (const { name, events, answer, isShown } of SHOWN_CASES) {
  Deno.test(`PendingTexts ${isShown ? "knows" : "does not count"} as shown ${name}`, () => {
    const run = makeRun({ columns: 80 });
    for (const event of events) run.give(event);
    assertEquals(run.progress.hasShown(answer), isShown);
  });
}
