import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  delta,
  failedExit,
  makeRun,
  parentOf,
  result,
  type Run,
  type RunOptions,
  SESSION,
  START,
  text,
  thinking,
  use,
} from "../../support/rendered_run.ts";

// deno-lint-ignore no-control-regex -- colours are what it counts
const COLOR = /\x1b\[(\d+)m/g;

function begun(options: RunOptions = {}): Run & { shown(): string[] } {
  const run = makeRun({ columns: 40, ...options });
  run.give(START);
  run.give(SESSION);
  const header = run.lines().length + 1;
  return Object.assign(run, { shown: () => run.lines().slice(header) });
}

Deno.test("text is shown as it comes, and not again when it is complete", () => {
  const run = begun({ live: true });
  for (const piece of ["Let ", "me lo", "ok at", " the configuration of it"]) {
    run.give(delta(piece));
  }
  assertEquals(run.lines().at(-1), "Let me look at the configuration of it");
  run.give(text("Let me look at the configuration of it"));
  assertEquals(run.lines().slice(2, -1), ["", "Let me look at the configuration of it"]);
  assertEquals(run.progress.shownText(), "Let me look at the configuration of it");
});

Deno.test("of a complete text that is longer than what was streamed, the rest is shown", () => {
  const run = begun();
  run.give(delta("The first "));
  run.give(text("The first half and the second."));
  assertEquals(run.shown(), ["The first half and the second."]);
});

Deno.test("a complete text that is another than what was streamed is shown whole", () => {
  const run = begun();
  run.give(delta("Something"));
  run.give(text("Another thing."));
  assertEquals(run.shown(), ["Something", "", "Another thing."]);
});

Deno.test("a complete text that is trimmed is not another", () => {
  const run = begun();
  run.give(delta("\nHello\n\n"));
  run.give(text("Hello"));
  run.give(use("a", "Bash", { command: "ls" }));
  assertEquals(run.shown(), ["Hello", "", "● Bash  ls"]);
});

Deno.test("blocks of one message are told apart by their index", () => {
  const run = begun();
  run.give({ ...delta("Thinking about it."), type: "thinking_delta" });
  run.give({ ...thinking("Thinking about it."), message_id: "msg_1" });
  run.give(delta("Text.", { index: 1 }));
  run.give(text("Text.", { index: 1 }));
  assertEquals(run.shown(), ["┊ Thinking about it.", "", "Text."]);
});

Deno.test("streamed thinking is shown whole", () => {
  const run = begun();
  for (let n = 1; n <= 8; n++) run.give({ ...delta(`line ${n}\n`), type: "thinking_delta" });
  run.give({ ...thinking("x"), message_id: "msg_1" });
  assertEquals(run.shown().length, 10);
});

Deno.test("a colour sequence that is split across pieces is dropped, another is shown", () => {
  const run = begun();
  for (const piece of ["a\x1b", "[3", "1mred\x1b[", "0m \x1b", "]0;x\x07 \ud83d", "\ude00 "]) {
    run.give(delta(piece));
  }
  run.give(delta("\r"));
  run.give(delta("\nend"));
  run.give(use("a", "Bash", { command: "ls" }));
  assertEquals(run.shown(), ["ared ␛]0;x␇ 😀", "end", "", "● Bash  ls"]);
});

Deno.test("the text of subagents is shown when it is complete, so that texts do not mix", () => {
  const run = begun();
  run.give(use("a", "Task", { description: "Left" }));
  run.give(use("b", "Task", { description: "Right" }));
  const left = { message_id: "l", ...parentOf("a") };
  const right = { message_id: "r", ...parentOf("b") };
  run.give(delta("Left is ", left));
  run.give(delta("Right is ", right));
  run.give(delta("well, ", left));
  run.give(delta("ill, ", right));
  run.give(text("Left is well, I say.", left));
  run.give(delta("or not", right));
  run.give(text("Right is ill, or not.", right));
  assertEquals(run.shown(), [
    "● Task  Left",
    "● Task  Right",
    "↳ Task  Left",
    "│ Left is well, I say.",
    "",
    "↳ Task  Right",
    "│ Right is ill, or not.",
  ]);
});

Deno.test("what comes between the pieces of a line is shown above it", () => {
  const run = begun();
  run.give(delta("- One of the things that I "));
  run.give({ type: "notice", level: "warning", kind: "plugin", text: "slow" });
  run.give(delta("want to do is this."));
  run.give(text("- One of the things that I want to do is this."));
  assertEquals(run.shown(), [
    "! plugin: slow",
    "",
    "- One of the things that I want to do",
    "  is this.",
  ]);
});

Deno.test("a text that never becomes complete stays", () => {
  const run = begun();
  run.give(delta("Half a sen"));
  run.give({ type: "error", error: { kind: "interrupt", message: "interrupted" } });
  run.give(failedExit({ reason: "interrupt" }));
  assertEquals(run.shown().slice(0, 3), ["Half a sen", "", "error: interrupted"]);
});

Deno.test("a tool call ends the text before it", () => {
  const run = begun();
  run.give(delta("I look"));
  run.give(use("a", "Bash", { command: "ls" }));
  run.give(result("a", "x"));
  run.give(text("I look."));
  assertEquals(run.shown(), ["I look", "", "● Bash  ls", "  └ x", "", "."]);
});

Deno.test("with colour, styles do not reach beyond what is written at once", () => {
  const run = begun({ color: true, live: true });
  for (const piece of ["**strong ", "words** and ", "`code ", "here`\n"]) run.give(delta(piece));
  run.give(text("**strong words** and `code here`\n"));
  for (const write of run.writes) {
    const codes = Array.from(write.matchAll(COLOR), ([, code]) => Number(code));
    const ends = codes.filter((code) => code === 22 || code === 39);
    assertEquals(codes.length, 2 * ends.length);
  }
  assertStringIncludes(run.text(), "\x1b[1m**strong\x1b[22m");
});
