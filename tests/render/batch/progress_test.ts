import { assert, assertEquals, assertMatch } from "@std/assert";
import type { BatchEvent } from "../../../lib/batch/events.ts";
import { createBatchProgress } from "../../../lib/render/batch/progress.ts";
import type { BatchRenderer } from "../../../lib/render/batch/renderer.ts";
import { createTerminal } from "../../../lib/terminal/terminal.ts";
import { makeKeptSink } from "../../support/kept_writer.ts";
import { delta, SESSION, START, use } from "../../support/rendered_run.ts";
import { makeScreen, type Screen } from "../../support/screen.ts";
import {
  BATCH,
  batchEnd,
  batchStart,
  limitWait,
  ofTask,
  taskFailed,
  taskOk,
} from "./batch_events.ts";

interface Batch {
  readonly renderer: BatchRenderer;
  add(...events: readonly BatchEvent[]): void;
  /** Lets time pass and repaints. */
  pass(ms: number): void;
  readonly isTicking: boolean;
  /** Sets how much is left to write. */
  setPending(pending: number): void;
  readonly writes: readonly string[];
  screen(): Screen;
  lines(): string[];
}

interface BatchOptions {
  readonly columns?: number | (() => number);
  readonly rows?: number;
  readonly color?: boolean;
}

function makeBatch({ columns = 80, rows = 24, color = false }: BatchOptions = {}): Batch {
  const width = typeof columns === "function" ? columns : () => columns;
  let pending = 0;
  const sink = Object.defineProperty(makeKeptSink(), "pending", { get: () => pending });
  const terminal = createTerminal({
    isTerminal: true,
    columns: width,
    rows: () => rows,
    color,
    term: "xterm",
  });
  let now = 0;
  let tick: (() => void) | undefined;
  const renderer = createBatchProgress(sink, terminal, {
    clock: () => now,
    repeat(callback) {
      tick = callback;
      return () => tick = undefined;
    },
  });
  const screen = () => {
    const screen = makeScreen(width());
    screen.write(sink.text());
    return screen;
  };
  return {
    renderer,
    add: (...events) => events.forEach((event) => renderer.event(event)),
    pass(ms) {
      now += ms;
      tick?.();
    },
    get isTicking() {
      return tick !== undefined;
    },
    setPending: (value) => void (pending = value),
    writes: sink.writes,
    screen,
    lines: () => screen().lines(),
  };
}

function start(...ids: readonly string[]): BatchEvent[] {
  return ids.map((id) => ofTask(id, START));
}

function bash(id: string, command: string): BatchEvent {
  return ofTask(id, use("t", "Bash", { command }));
}

const START_LINE = "ccrun: 200 tasks, 4 jobs, results in results.jsonl";

Deno.test("the progress of a batch has a row for each running task, and a row with counts", () => {
  const batch = makeBatch();
  batch.add(batchStart(), ...start("src/a.js", "b.js"));
  batch.pass(61_000);
  batch.add(bash("src/a.js", "npm test"));
  batch.pass(4_000);
  batch.add(...start("c.js"));
  batch.pass(0);
  assertEquals(batch.lines(), [
    START_LINE,
    "1m 05s  src/a.js  Bash npm test 4s",
    "1m 05s  b.js      starting claude",
    "    0s  c.js      starting claude",
    "0 done, 3 running, 197 remaining · 1m 05s",
  ]);
});

Deno.test("the row of a task has paths in its directory, and neither tokens nor streamed text", () => {
  const batch = makeBatch();
  batch.add(batchStart(), ...start("a.js"));
  batch.add(ofTask("a.js", { ...SESSION, cwd: "/tmp/worktree" }));
  const tokens = { input: 1, output: 500, cache_read: 0, cache_write: 0 };
  batch.add(ofTask("a.js", { type: "usage", message_id: "m", usage: tokens }));
  batch.add(ofTask("a.js", delta("Let me")));
  batch.pass(0);
  assertEquals(batch.lines().at(-2), "0s  a.js  waiting for the model");
  batch.add(ofTask("a.js", use("t", "Read", { file_path: "/tmp/worktree/src/a.js" })));
  batch.pass(0);
  assertEquals(batch.lines().at(-2), "0s  a.js  Read src/a.js 0s");
});

Deno.test("the row of a task counts the time of all its attempts", () => {
  const batch = makeBatch();
  batch.add(batchStart(), ...start("a.js"));
  batch.pass(60_000);
  batch.add(...start("a.js"));
  batch.pass(5_000);
  assertEquals(batch.lines().at(-2), "1m 05s  a.js  starting claude");
});

Deno.test("the tasks that have ended scroll above the rows", () => {
  const batch = makeBatch();
  batch.add(batchStart({ skipped: 10 }), ...start("a.js", "b.js"));
  batch.add(taskOk("a.js"), ...start("c.js"), taskFailed("b.js", "timeout", "too slow"));
  batch.pass(0);
  assertEquals(batch.lines(), [
    "ccrun: 200 tasks, 10 skipped because they succeeded before, 4 jobs, results in results.jsonl",
    "[11/200] ok  a.js  34s  $0.12",
    "[12/200] timeout  b.js  34s  $0.12  too slow",
    "0s  c.js  starting claude",
    "12 done (1 failed), 1 running, 187 remaining · $0.24 · 0s · ~26m 38s left",
  ]);
});

Deno.test("a long message of a failure is below its line, and is shortened", () => {
  const batch = makeBatch({ columns: 40 });
  batch.add(batchStart({ results: "r" }));
  batch.add(taskFailed("a.js", "api", "The API is overloaded. ".repeat(20)));
  assertEquals(batch.lines().slice(-6, -1), [
    "[1/200] api  a.js  34s  $0.12",
    "    The API is overloaded. The API is",
    "    overloaded. The API is overloaded.",
    "    The API is overloaded. The API is",
    "    … +11 lines",
  ]);
});

Deno.test("the progress of a batch ends as the log does, without the rows", () => {
  const batch = makeBatch();
  const [first, ...rest] = BATCH;
  batch.add(first!, ...start("src/a.js"), ...rest);
  assert(!batch.isTicking);
  assertEquals(batch.lines().slice(1, 4), [
    "[12/200] ok  src/a.js  34s  $0.12",
    "[13/200] timeout  src/b.js  10m 00s  $0.12  no result after 10m",
    "[14/200] quota  src/c.js  34s  cost unknown  5-hour limit ⏎ reached",
  ]);
  assertEquals(batch.lines().slice(-3), [
    "ccrun: error: the usage limit is reached",
    "ccrun: to run the rest:",
    "  ccrun batch tasks.txt --results results.jsonl",
  ]);
});

Deno.test("the time that is left follows from the mean time of the tasks and the number of jobs", () => {
  const cases = [
    { tasks: 9, jobs: 4, running: 4, elapsed: 0, left: "20s" },
    { tasks: 9, jobs: 4, running: 4, elapsed: 5_000, left: "15s" },
    { tasks: 9, jobs: 4, running: 4, elapsed: 60_000, left: "10s" },
    { tasks: 2, jobs: 4, running: 1, elapsed: 4_000, left: "6s" },
    { tasks: 2, jobs: 4, running: 1, elapsed: 60_000, left: undefined },
    { tasks: 1, jobs: 4, running: 0, elapsed: 0, left: undefined },
  ];
  for (const { tasks, jobs, running, elapsed, left } of cases) {
    const batch = makeBatch({ columns: 120 });
    batch.add(batchStart({ tasks, jobs }), taskOk("done", { duration_ms: 10_000 }));
    batch.add(...start(...Array.from({ length: running }, (_, at) => `task ${at}`)));
    batch.pass(elapsed);
    const [, shown] = / · ~(.*) left$/.exec(batch.lines().at(-1)!) ?? [];
    assertEquals(shown, left);
  }
});

Deno.test("the progress of a batch counts down to the reset of a usage limit", () => {
  const batch = makeBatch();
  batch.add(batchStart({ tasks: 2 }), ...start("a.js", "b.js"));
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  batch.add(limitWait("a.js", { until: inMinutes(180.5) }));
  batch.add(limitWait("b.js", { until: inMinutes(190.5) }));
  batch.pass(0);
  assertMatch(batch.lines().at(-1)!, / · usage limit: 3h 00m left$/);
  assertEquals(batch.lines().filter((line) => line.startsWith("ccrun: waiting: ")).length, 1);
  batch.add(...start("a.js"));
  batch.pass(0);
  assertMatch(batch.lines().at(-1)!, / · usage limit: 3h 10m left$/);
  batch.add(taskOk("b.js"));
  batch.pass(0);
  assertMatch(batch.lines().at(-1)!, / · ~34s left$/);
});

Deno.test("a narrow terminal has the countdown instead of other parts", () => {
  const batch = makeBatch({ columns: 40 });
  const until = new Date(Date.now() + 3_630_000).toISOString();
  batch.add(batchStart(), ...start("a.js"), taskFailed("b.js", "failed", "no"));
  batch.add(limitWait("a.js", { until }));
  batch.pass(0);
  assertEquals(batch.lines().at(-1), "1/200 · usage limit: 1h 00m left");
});

Deno.test("a wait after a failure of the API is no wait for a usage limit", () => {
  const batch = makeBatch();
  batch.add(batchStart(), ...start("a.js"), limitWait("a.js", { reason: "api" }));
  batch.pass(0);
  assertEquals(batch.lines().at(-1), "0 done, 1 running, 199 remaining · 0s");
});

Deno.test("a low terminal has as many rows as fit, and counts the other tasks", () => {
  const heights: [number, number][] = [[24, 12], [10, 9], [4, 3], [3, 2], [2, 1], [1, 1]];
  for (const [rows, painted] of heights) {
    const batch = makeBatch({ rows });
    batch.add(
      batchStart({ jobs: 11 }),
      ...start(...Array.from({ length: 11 }, (_, at) => `${at}`)),
    );
    batch.pass(0);
    const lines = batch.lines().slice(1);
    assertEquals(lines.length, painted);
    const hidden = 11 - Math.max(0, painted - 2);
    assertEquals(
      lines.at(-2),
      painted === 12
        ? "0s  10  starting claude"
        : painted === 1
        ? undefined
        : `… and ${hidden} more`,
    );
  }
});

Deno.test("the rows of a batch fit each width, and long ids lose their beginnings", () => {
  for (const columns of [20, 30, 40, 60, 80, 200]) {
    const batch = makeBatch({ columns, color: true });
    batch.add(batchStart({ results: "r" }));
    batch.add(...start("a/long/path/to/天地玄黃/file.ts", "b.ts"), bash("b.ts", "x".repeat(300)));
    batch.pass(3_725_000);
    batch.add(taskFailed("a/long/path/to/天地玄黃/other.ts", "failed", "天地 玄黃 ".repeat(40)));
    batch.pass(1_000);
    const rows = batch.screen().rows().slice(-3);
    for (const row of rows) {
      const last = row.at(-1);
      assert((last?.column ?? 0) + (last?.width ?? 0) < columns, JSON.stringify(row));
    }
    assert(batch.lines().some((line) => line.includes("ile.ts  ")), batch.lines().join("\n"));
  }
});

Deno.test("rows that a narrower terminal has broken are erased completely", () => {
  let columns = 60;
  const batch = makeBatch({ columns: () => columns });
  batch.add(batchStart(), ...start("a.js"), bash("a.js", "x".repeat(100)));
  batch.pass(0);
  columns = 30;
  batch.add(taskOk("a.js"));
  assert(batch.writes.at(-1)!.startsWith("\r\x1b[3A\x1b[J[1/200] ok  a.js  "), batch.writes.at(-1));
});

Deno.test("the progress of a batch sanitizes control sequences", () => {
  const evil = "\x1b]0;t\x07\x1b[2J\n\u202e";
  const batch = makeBatch();
  batch.add(batchStart({ results: evil }), ...start(evil), bash(evil, evil));
  batch.pass(0);
  batch.renderer.printMessage(evil);
  batch.add(taskFailed(evil, "failed", evil, { branch: evil }));
  batch.add(batchEnd({ ok: false, message: evil, resume: evil }));
  // The screen throws for what ccrun never writes.
  assert(!batch.lines().join("\n").includes("\u202e"));
});

Deno.test("a message is printed above the rows", () => {
  const batch = makeBatch();
  batch.add(batchStart(), ...start("a.js"));
  batch.renderer.printMessage("warning: no");
  assertEquals(batch.lines(), [
    START_LINE,
    "ccrun: warning: no",
    "0s  a.js  starting claude",
    "0 done, 1 running, 199 remaining · 0s",
  ]);
});

Deno.test("a terminal that is slower than the repainting is not repainted", () => {
  const batch = makeBatch();
  batch.add(batchStart());
  const { length } = batch.writes;
  batch.setPending(1);
  batch.pass(250);
  assertEquals(batch.writes.length, length);
  batch.setPending(0);
  batch.pass(250);
  assertEquals(batch.writes.length, length + 1);
});

Deno.test("closing the progress of a batch removes the rows and stops the timer", () => {
  const batch = makeBatch();
  batch.add(batchStart(), ...start("a.js"));
  batch.renderer.close?.();
  assertEquals(batch.lines(), [START_LINE]);
  assert(!batch.isTicking);
  const { length } = batch.writes;
  batch.renderer.close?.();
  assertEquals(batch.writes.length, length);
});
