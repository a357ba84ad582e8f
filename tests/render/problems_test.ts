import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { createProblemsRenderer } from "../../lib/render/problems.ts";
import { createStyles } from "../../lib/terminal/styles.ts";
import { makeKept } from "../support/kept_writer.ts";
import { answer, parentOf, text, use } from "../support/rendered_run.ts";

async function render(bodies: readonly EventBody[], color = false): Promise<string> {
  const kept = makeKept();
  const renderer = createProblemsRenderer(kept.sink, createStyles(color));
  const createEvent = createEventFactory(() => null);
  for (const body of bodies) renderer.event(createEvent(body));
  return await kept.text();
}

function error(message: string, hint?: string): EventBody<"error"> {
  return { type: "error", error: { kind: "failed", message, ...(hint ? { hint } : {}) } };
}

function notice(level: EventBody<"notice">["level"], text: string): EventBody<"notice"> {
  return { type: "notice", level, kind: "hook", text };
}

const PIPE_ERROR: EventBody = { type: "error", error: { kind: "pipe", message: "gone" } };

const LONG_TEXT = Array.from({ length: 100 }, (_, at) => `line ${at + 1}`);

interface Case {
  readonly name: string;
  readonly events: readonly EventBody[];
  readonly lines: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "prints nothing while all is well",
    events: [text("Hi."), use("t", "Bash", {}), notice("info", "a hook ran")],
    lines: [],
  },
  {
    name: "prints a warning on one line",
    events: [notice("warning", "two\nlines")],
    lines: ["ccrun: warning: two ⏎ lines"],
  },
  {
    name: "prints all options that would allow denied calls",
    events: [{ ...notice("warning", "--add-dir /x ".repeat(500)), kind: "denied" }],
    lines: [`ccrun: warning: ${"--add-dir /x ".repeat(500).trim()}`],
  },
  {
    name: "prints how long a run waits, and for what",
    events: [{
      type: "waiting",
      reason: "api",
      message: "overloaded",
      until: "2027-01-15T08:00:00.000Z",
      attempt: 2,
      max_attempts: 3,
    }],
    lines: ["ccrun: waiting: until 2027-01-15T08:00:00.000Z before attempt 2/3: overloaded"],
  },
  { name: "prints an error", events: [error("it broke")], lines: ["ccrun: error: it broke"] },
  {
    name: "prints the hint of an error",
    events: [error("it broke", "fix it")],
    lines: ["ccrun: error: it broke", "ccrun: fix it"],
  },
  {
    name: "prints a long hint completely, because it may contain a command",
    events: [error("it broke", "--allowed-tools x ".repeat(500))],
    lines: ["ccrun: error: it broke", `ccrun: ${"--allowed-tools x ".repeat(500).trim()}`],
  },
  {
    name: "repeats the last text of the main agent before an error",
    events: [text("First."), text("Last\nwords."), text("inner", parentOf("t")), error("no")],
    lines: ["ccrun: claude said:", "  Last", "  words.", "ccrun: error: no"],
  },
  {
    name: "repeats the end of a long text",
    events: [text(LONG_TEXT.join("\n")), error("no")],
    lines: [
      "ccrun: claude said:",
      ...LONG_TEXT.slice(-20).map((line) => `  ${line}`),
      "ccrun: error: no",
    ],
  },
  {
    name: "repeats the text of a result",
    events: [text("Before."), answer("Result."), error("no")],
    lines: ["ccrun: claude said:", "  Result.", "ccrun: error: no"],
  },
  {
    name: "repeats the text before an empty result",
    events: [text("Before."), answer(""), error("no")],
    lines: ["ccrun: claude said:", "  Before.", "ccrun: error: no"],
  },
  {
    name: "repeats the whole of a text in several blocks",
    events: [
      text("It came out in "),
      text("2018", { index: 1 }),
      text(", so it is ", { index: 2 }),
      text("old.", { message_id: "msg_2", continues: true }),
      answer("old."),
      error("no"),
    ],
    lines: ["ccrun: claude said:", "  It came out in 2018, so it is old.", "ccrun: error: no"],
  },
  {
    name: "repeats the answer of all turns",
    events: [text("Bye."), answer("Bye.", { answer: "A report.\n\nBye." }), error("no")],
    lines: ["ccrun: claude said:", "  A report.", "  ", "  Bye.", "ccrun: error: no"],
  },
  {
    name: "repeats no text that was retracted",
    events: [text("I can"), { ...notice("info", "it"), retracts: ["msg_1"] }, error("no")],
    lines: ["ccrun: error: no"],
  },
  {
    name: "repeats no blank text",
    events: [text(" \n"), error("no")],
    lines: ["ccrun: error: no"],
  },
  {
    name: "does not repeat a text that the error contains",
    events: [text(" API Error:\n\n no\n"), error("API Error: no")],
    lines: ["ccrun: error: API Error: no"],
  },
  {
    name: "prints nothing if the reader of stdout is gone",
    events: [text("Hi."), PIPE_ERROR],
    lines: [],
  },
];

for (const { name, events, lines } of CASES) {
  Deno.test(`the problems renderer ${name}`, async () => {
    assertEquals(await render(events), lines.map((line) => `${line}\n`).join(""));
  });
}

Deno.test("the problems renderer sanitizes control sequences and log commands", async () => {
  const evil = "\x1b]0;t\x07\x1b[2J ##[error]x\n::error::y\n  ::warning::z";
  const all = await render([text(`${evil} said`), notice("warning", evil), error(evil, evil)]);
  assert(!/[^\P{Cc}\n]/u.test(all), JSON.stringify(all));
  assert(!all.includes("##["), all);
  for (const line of all.split("\n")) assert(!/^\s*::/.test(line), line);
});

Deno.test("the problems renderer uses colors only if they are enabled", async () => {
  const events = [notice("warning", "careful"), error("it broke")];
  assert((await render(events, true)).includes("\x1b["));
  assert(!(await render(events, false)).includes("\x1b["));
});
