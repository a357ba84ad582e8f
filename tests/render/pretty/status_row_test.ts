import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  answer,
  delta,
  exit,
  makeRun,
  result,
  type Run,
  SESSION,
  START,
  startRun,
  text,
  use,
} from "../../support/rendered_run.ts";

/** Returns the last line on the screen. */
const last = (run: Run) => run.lines().at(-1);

Deno.test("the status row has the time, the tool and how long the tool has been running", () => {
  const run = startRun({ live: true });
  run.pass(2_000);
  run.give(use("a", "Bash", { command: "deno task test" }));
  run.pass(8_050);
  assertEquals(last(run), "⠋ 10s  Bash deno task test 8s");
});

Deno.test("the status row has the times of a run that is watched later", () => {
  let age = 3_600_000;
  const run = startRun({ live: true, ageOf: () => age });
  age = 60_000;
  run.give(use("a", "Bash", { command: "one" }));
  run.pass(1_000);
  assertEquals(last(run), "⠋ 1h 00m  Bash one 1m 01s");
  age = 70_000;
  run.give({ type: "user_text", kind: "prompt", text: "Hi." });
  run.pass(1_000);
  assertEquals(last(run), "⠋ 1m 11s  Bash one 1m 02s");
});

Deno.test("the status row has the phase of the run if no tool runs", () => {
  const run = makeRun({ columns: 60, live: true });
  run.give(START);
  run.pass(100);
  assertEquals(last(run), "⠙ 0s  starting claude");
  run.give(SESSION);
  assertEquals(last(run), "⠙ 0s  waiting for the model");
});

Deno.test("the status row has the tokens and the number of other tools that run", () => {
  const run = startRun({ live: true });
  const usage = { input: 200, output: 500, cache_read: 12_000, cache_write: 0 };
  run.give({ type: "usage", message_id: "m", usage });
  run.give(use("a", "Bash", { command: "one" }));
  run.give(use("b", "Bash", { command: "two" }));
  run.pass(1_000);
  assertEquals(last(run), "⠋ 1s  Bash two 1s +1  12.2k in 500 out");
});

Deno.test("the status row counts the tokens of each message once", () => {
  const run = startRun({ live: true });
  const tokens = (message_id: string, output: number, parent_tool_use_id?: string) =>
    run.give({
      type: "usage",
      message_id,
      usage: { input: 100, output, cache_read: 0, cache_write: 0 },
      ...(parent_tool_use_id === undefined ? {} : { parent_tool_use_id }),
    });
  tokens("m1", 1);
  tokens("s1", 1, "toolu_1");
  tokens("m1", 20);
  tokens("m2", 1);
  tokens("s1", 30, "toolu_1");
  run.pass(1_000);
  assertEquals(last(run), "⠋ 1s  waiting for the model  300 in 51 out");
});

Deno.test("the status row counts down to a retry", () => {
  const run = startRun({ live: true });
  run.give({ type: "retry", attempt: 3, max_retries: 10, delay_ms: 5_000, reason: "overloaded" });
  run.pass(2_000);
  assertEquals(last(run), "⠋ 2s  retry 3/10 in 3s");
});

Deno.test("the status row counts down to the end of a wait, until the session continues", () => {
  const run = startRun({ live: true });
  const until = new Date(Date.now() + 7_259_000).toISOString();
  run.give({ type: "waiting", reason: "quota", message: "limit reached", until });
  run.pass(2_000);
  assertMatch(last(run) ?? "", /^⠋ 2s {2}waiting 2h 0[01]m left$/);
  assertMatch(run.lines().at(-2) ?? "", /^! waiting: until 20.*: limit reached$/);
  run.give(SESSION);
  run.pass(100);
  assertEquals(last(run), "⠙ 2s  waiting for the model");
});

Deno.test("the status row has the progress of a task and the time that a tool reports", () => {
  const run = startRun({ live: true });
  run.give({ type: "task", task_id: "1", status: "progress", description: "Searching\n…" });
  run.pass(100);
  assertEquals(last(run), "⠙ 0s  task Searching ⏎ …");
  run.give(use("a", "Bash", { command: "x" }));
  run.give({ type: "tool_progress", tool_use_id: "a", name: "Bash", elapsed_ms: 60_000 });
  run.pass(100);
  assertEquals(last(run), "⠹ 0s  Bash x 1m 00s");
});

Deno.test("progress replaces the status row by what it prints in one write", () => {
  const run = startRun({ live: true });
  run.give(use("a", "Bash", { command: "ls" }));
  run.pass(300);
  const writes = run.writes.length;
  run.give(result("a", "x"));
  assertEquals(run.writes.length, writes + 1);
  assertEquals(run.writes.at(-1), "\r\x1b[J  └ x\n⠸ 0s  waiting for the model");
});

Deno.test("the status row is repainted ten times a second", () => {
  const run = startRun({ live: true });
  run.give(use("a", "Bash", { command: "sleep 9" }));
  const writes = run.writes.length;
  run.pass(2_000);
  assertEquals(run.writes.length - writes, 20);
});

Deno.test("the status row disappears while text is streamed, and returns after a second without any", () => {
  const run = startRun({ live: true });
  run.pass(100);
  run.give(delta("Let me look at "));
  run.pass(500);
  assertEquals(last(run), "Let me look at");
  run.pass(1_000);
  assertEquals(run.lines().slice(-2), ["Let me look at", "⠦ 1s  writing"]);
  run.give(delta("this."));
  run.give(text("Let me look at this."));
  run.pass(100);
  assertEquals(run.lines().slice(-2), ["Let me look at this.", "⠧ 1s  waiting for the model"]);
});

Deno.test("the status row is narrower than the terminal", () => {
  for (const columns of [40, 80, 200]) {
    const run = startRun({ columns, live: true });
    run.give(use("a", "Bash", { command: "天地玄黃 ".repeat(100) }));
    run.pass(100);
    const width = Array.from(last(run) ?? "", (c) => c > "⿿" ? 2 : 1).reduce((a, b) => a + b, 0);
    assert(width < columns && width > columns - 4, `${width} of ${columns}`);
  }
});

Deno.test("the status row and its timer are gone at the end", () => {
  const run = startRun({ live: true });
  run.give(use("a", "Bash", { command: "ls" }));
  run.pass(500);
  assert(run.ticking);
  run.give(answer("x"));
  run.give(exit());
  assert(!run.ticking);
  assertStringIncludes(last(run) ?? "", "✓ 2m 05s");
});

Deno.test("a status row that a narrower terminal has broken is erased completely", () => {
  let columns = 60;
  const run = startRun({ columns: () => columns, live: true });
  run.give(use("a", "Bash", { command: "x".repeat(100) }));
  run.pass(100);
  columns = 30;
  run.give(result("a", "done"));
  assertStringIncludes(run.writes.at(-1) ?? "", "\r\x1b[1A\x1b[J  └ done\n");
});

Deno.test("there is no status row without a terminal or on a dumb one", () => {
  for (const options of [{ columns: undefined, live: true }, { columns: 60, live: false }]) {
    const run = startRun(options);
    run.give(use("a", "Bash", { command: "ls" }));
    run.pass(5_000);
    assert(!run.ticking);
    assert(!/[\r⠋⠙]/.test(run.text()));
  }
});

Deno.test("the timer does not keep the process alive", async () => {
  const code = `
    import { createProgressRenderer } from "${new URL(
    "../../../lib/render/pretty/progress.ts",
    import.meta.url,
  )}";
    import { createTerminal } from "${new URL(
    "../../../lib/terminal/terminal.ts",
    import.meta.url,
  )}";
    const sink = { write() {}, writeBytes() {}, pending: 0, failure: undefined, flush: async () => {} };
    const terminal = createTerminal({ isTerminal: true, color: false, term: "xterm" });
    const progress = createProgressRenderer(sink, terminal, { isAnswerElsewhere: false });
    progress.event({ type: "start", seq: 0, time_ms: 0, cwd: null, claude: null });
  `;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  });
  const { code: exitCode, stderr } = await process.output();
  assertEquals([exitCode, new TextDecoder().decode(stderr)], [0, ""]);
});
