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

/** What is shown of some events when the answer is printed elsewhere. */
function held(...events: EventBody[]): { lines: string[]; shownText: string } {
  const run = makeRun({ columns: 60, hold: true });
  for (const event of events) run.give(event);
  const lines = run.lines().filter((line) => line !== "");
  return {
    lines: lines.filter((line) => !/^[✓✗] .*\$/.test(line)),
    shownText: run.progress.shownText(),
  };
}

const error = { type: "error", error: { kind: "failed", message: "it broke" } } as const;

Deno.test("the final answer is not shown", () => {
  assertEquals(held(text("Answer.\n"), answer("Answer."), exit()), { lines: [], shownText: "" });
});

Deno.test("what may come at any time does not decide", () => {
  const usage = { input: 1, output: 1, cache_read: 0, cache_write: 0 };
  const events: EventBody[] = [
    text("Answer."),
    { type: "usage", message_id: "m", usage },
    { type: "rate_limit", status: "allowed" },
    { type: "session_info", session_id: "abc", model: "m" },
    { type: "task", task_id: "1", status: "started" },
    { type: "notice", level: "info", kind: "status", text: "x" },
    { type: "tool_progress", tool_use_id: "a", name: "Bash", elapsed_ms: 1 },
    answer("Answer."),
    { type: "notice", level: "info", kind: "status", text: "y" },
    exit(),
  ];
  assertEquals(held(...events).lines, [
    "◆ m · abc",
    "· status: x",
    "· status: y",
  ]);
});

Deno.test("a text that something follows is shown before it", () => {
  assertEquals(
    held(text("I look."), use("a", "Bash", { command: "ls" })).lines,
    ["I look.", "● Bash  ls"],
  );
  const two = held(text("One."), text("Two.", { index: 1 }), answer("Two."), exit());
  assertEquals(two.lines, ["One."]);
});

Deno.test("a text that a sub-agent in the background goes on after is shown before it", () => {
  const run = held(text("Started."), use("z", "Bash", { command: "slow" }, "a"));
  assertEquals(run.lines, ["Started.", "│ ● Bash  slow"]);
});

Deno.test("a text is held while the results of several turns come together", () => {
  const results = [answer("Started it."), answer("It is finished.")];
  const run = held(text("It is finished."), ...results, exit());
  assertEquals(run, { lines: [], shownText: "" });
});

Deno.test("a text that is not the result's is shown", () => {
  const run = held(text("Something."), answer("Another thing."), exit());
  assertEquals(run, { lines: ["Something."], shownText: "Something." });
});

Deno.test("a text is shown where the answer is the structured output", () => {
  assertEquals(held(text("Words."), answer("Words.", { structured_output: 1 }), exit()).lines, [
    "Words.",
  ]);
});

Deno.test("of several results, the last one's text is held", () => {
  const first = [text("First."), answer("First.")];
  const second = [text("Second.", { message_id: "m2" }), answer("Second.")];
  assertEquals(held(...first, ...second, exit()).lines, ["First."]);
});

Deno.test("a text is shown before the error when the run fails after all", () => {
  assertEquals(
    held(text("Answer."), answer("Answer."), error, failedExit()).lines,
    ["Answer.", "ccrun: error: it broke"],
  );
  assertEquals(
    held(text("It is no good."), answer("It is no good.", { ok: false }), error, failedExit())
      .lines,
    ["It is no good.", "ccrun: error: it broke"],
  );
  assertEquals(held(text("Half."), failedExit()).lines, ["Half."]);
});

Deno.test("a text that was streamed is not held", () => {
  const run = held(delta("Answer."), text("Answer."), answer("Answer."), exit());
  assertEquals(run, { lines: ["Answer."], shownText: "Answer." });
});

Deno.test("a sub-agent's text is not held", () => {
  assertEquals(held(text("From below.", parentOf("a"))).lines, ["│ From below."]);
});

Deno.test("a failure of the API that claude tells as a text is said once, with what to do", () => {
  const said = "API Error: 529 Overloaded. This is a server-side issue,\n  usually temporary.";
  const failing: EventBody[] = [
    text(said, { synthetic: true }),
    answer(said, { ok: false }),
    {
      type: "error",
      error: { kind: "api", message: said.replaceAll(/\s+/g, " "), hint: "wait a little" },
    },
    failedExit(),
  ];
  for (const hold of [true, false]) {
    const run = makeRun({ hold, columns: 200 });
    for (const event of failing) run.give(event);
    const lines = run.lines().filter((line) => line !== "");
    assertEquals(lines.slice(0, -1), [
      "ccrun: error: API Error: 529 Overloaded. This is a server-side issue, usually temporary.",
      "              wait a little",
    ], `hold ${hold}`);
  }
});

Deno.test("a text of claude's own is shown where no error says it", () => {
  const own = text("Nothing to compact.", { synthetic: true });
  const timeout: EventBody = { type: "error", error: { kind: "timeout", message: "too long" } };
  const shown = (hold: boolean, ...events: EventBody[]) => {
    const run = makeRun({ hold, columns: 60 });
    for (const event of [own, ...events]) run.give(event);
    return run.lines().filter((line) => line !== "" && !/^[✓✗] .*\$/.test(line));
  };
  for (const hold of [true, false]) {
    assertEquals(shown(hold, timeout, failedExit()), [
      "Nothing to compact.",
      "ccrun: error: too long",
    ]);
    assertEquals(shown(hold, use("a", "Bash", { command: "ls" }))[0], "Nothing to compact.");
    assertEquals(shown(hold, answer(own.text, { ok: false }), timeout, failedExit()), [
      "✗ failed: Nothing to compact.",
      "ccrun: error: too long",
    ]);
  }
  // The answer is shown at the latest when the run is good; it is not printed again.
  const run = makeRun({ hold: false, columns: 60 });
  for (const event of [own, answer(own.text), exit()]) run.give(event);
  assertEquals(run.lines()[0], "Nothing to compact.");
  assertEquals(run.progress.shownText(), "Nothing to compact.");
});
