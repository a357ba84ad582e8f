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
  use,
} from "../../support/rendered_run.ts";

/** Returns what is shown without blank lines and the footer. */
function show(isAnswerElsewhere: boolean, events: readonly EventBody[]) {
  const run = makeRun({ columns: 200, isAnswerElsewhere });
  for (const event of events) run.give(event);
  const lines = run.lines().filter((line) => line !== "" && !/^[✓✗] .*\$/.test(line));
  return { lines, shownText: run.progress.shownText() };
}

const ERROR: EventBody = { type: "error", error: { kind: "failed", message: "it broke" } };
const USAGE = { input: 1, output: 1, cache_read: 0, cache_write: 0 };
const OWN_TEXT = text("Nothing to compact.", { synthetic: true });
const OVERLOADED = "API Error: 529 Overloaded. This is a server-side issue,\n  usually temporary.";

interface Case {
  readonly name: string;
  readonly events: readonly EventBody[];
  readonly lines: readonly string[];
  readonly shownText?: string;
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
    shownText: "I look.",
  },
  {
    name: "shows all texts but the last",
    events: [text("One."), text("Two.", { index: 1 }), answer("Two."), exit()],
    lines: ["One."],
    shownText: "One.",
  },
  {
    name: "shows the text before a subagent in the background continues",
    events: [text("Started."), use("z", "Bash", { command: "slow" }, "a")],
    lines: ["Started.", "│ ● Bash  slow"],
    shownText: "Started.",
  },
  {
    name: "shows a text that is not that of the result",
    events: [text("Something."), answer("Another thing."), exit()],
    lines: ["Something."],
    shownText: "Something.",
  },
  {
    name: "shows the text if the answer is the structured output",
    events: [text("Words."), answer("Words.", { structured_output: 1 }), exit()],
    lines: ["Words."],
    shownText: "Words.",
  },
  {
    name: "shows the answers of earlier turns",
    events: [
      text("First."),
      answer("First."),
      text("Second.", { message_id: "m2" }),
      answer("Second."),
      exit(),
    ],
    lines: ["First."],
    shownText: "First.",
  },
  {
    name: "shows the text before the error of the run",
    events: [text("Answer."), answer("Answer."), ERROR, failedExit()],
    lines: ["Answer.", "ccrun: error: it broke"],
    shownText: "Answer.",
  },
  {
    name: "shows the text of a failed result",
    events: [text("It is no good."), answer("It is no good.", { ok: false }), ERROR, failedExit()],
    lines: ["It is no good.", "ccrun: error: it broke"],
    shownText: "It is no good.",
  },
  {
    name: "shows the text of a run without a result",
    events: [text("Half."), failedExit()],
    lines: ["Half."],
    shownText: "Half.",
  },
  {
    name: "does not withhold a text that was streamed",
    events: [delta("Answer."), text("Answer."), answer("Answer."), exit()],
    lines: ["Answer."],
    shownText: "Answer.",
  },
  {
    name: "does not withhold the text of a subagent",
    events: [text("From below.", parentOf("a"))],
    lines: ["│ From below."],
  },
];

for (const { name, events, lines, shownText = "" } of CASES) {
  Deno.test(`PendingTexts ${name}`, () => {
    assertEquals(show(true, events), { lines: [...lines], shownText });
  });
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
        show(isAnswerElsewhere, events).lines,
        [...lines],
        `isAnswerElsewhere ${isAnswerElsewhere}`,
      );
    }
  });
}

Deno.test("PendingTexts shows a text of claude itself if the answer is not printed elsewhere", () => {
  assertEquals(show(false, [OWN_TEXT, answer(OWN_TEXT.text), exit()]), {
    lines: ["Nothing to compact."],
    shownText: "Nothing to compact.",
  });
});
