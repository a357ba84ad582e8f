import { assert, assertEquals } from "@std/assert";
import type { BatchEvent } from "../../../lib/batch/events.ts";
import { createCiLog } from "../../../lib/ci/log.ts";
import { createBatchLog } from "../../../lib/render/batch/log.ts";
import { createStyles } from "../../../lib/terminal/styles.ts";
import { readGithubLog } from "../../support/github_runner.ts";
import { makeKeptSink } from "../../support/kept_writer.ts";
import {
  BATCH,
  batchEnd,
  batchStart,
  changes,
  limitWait,
  ofTask,
  taskFailed,
  taskOk,
} from "./batch_events.ts";

interface Log {
  /** Passes events to the renderer and returns the lines that they add. */
  add(...events: readonly BatchEvent[]): string[];
  pass(minutes: number): void;
  printMessage(text: string): string[];
}

function makeLog({ ci = undefined as "github" | "gitlab" | undefined, color = false } = {}): Log {
  const sink = makeKeptSink();
  let now = 0;
  const renderer = createBatchLog(sink, {
    styles: createStyles(color),
    ci: ci && createCiLog(ci),
    clock: () => now,
  });
  const added = (act: () => void) => {
    const before = sink.text().length;
    act();
    return sink.text().slice(before).split("\n").slice(0, -1);
  };
  return {
    add: (...events) => added(() => events.forEach((event) => renderer.event(event))),
    pass: (minutes) => void (now += minutes * 60_000),
    printMessage: (text) => added(() => renderer.printMessage(text)),
  };
}

Deno.test("the log of a batch has a line for each task, and tables at the end", () => {
  assertEquals(makeLog().add(...BATCH), [
    "ccrun: 200 tasks, 11 skipped because they succeeded before, 4 jobs, results in results.jsonl",
    "[12/200] ok  src/a.js  34s  $0.12",
    "[13/200] timeout  src/b.js  10m 00s  $0.12  no result after 10m",
    "[14/200] quota  src/c.js  34s  cost unknown  5-hour limit ⏎ reached",
    "[15/200] quota  src/d.js  34s  $0.0312  5-hour limit reached",
    "ccrun: failed tasks by reason:",
    "  quota    2  src/c.js, src/d.js",
    "              5-hour limit ⏎ reached",
    "  timeout  1  src/b.js",
    "              no result after 10m",
    "              raise --timeout",
    "ccrun: changed worktrees:",
    "  ccrun/src-a.js-0123456789  3 files, +10 -2",
    "ccrun: 12 succeeded, 3 failed, 185 remaining, at least $0.27, 1h 02m",
    "ccrun: error: the usage limit is reached",
    "ccrun: to run the rest:",
    "  ccrun batch tasks.txt --results results.jsonl",
  ]);
});

Deno.test("the log of a batch that succeeds ends with the totals", () => {
  const log = makeLog();
  assertEquals(log.add(batchStart({ tasks: 1, jobs: 1 })), [
    "ccrun: 1 task, 1 job, results in results.jsonl",
  ]);
  assertEquals(log.add(taskOk("a")), ["[1/1] ok  a  34s  $0.12"]);
  assertEquals(log.add(batchEnd({ succeeded: 1 })), [
    "ccrun: 1 succeeded, 0 failed, 0 remaining, $24.00, 1h 02m",
  ]);
});

Deno.test("tasks that were stopped with the batch are neither done nor failed", () => {
  for (const ci of [undefined, "github"] as const) {
    const log = makeLog({ ci });
    log.add(batchStart(), taskOk("a"));
    assertEquals(log.add(taskFailed("b", "interrupt", "stopped by SIGINT")), [
      "[1/200] interrupt  b  34s  $0.12",
    ]);
    const end = batchEnd({ ok: false, succeeded: 1, remaining: 199, cost_usd: 0.24 });
    const [totals = ""] = log.add(end);
    assert(totals.endsWith("ccrun: 1 succeeded, 0 failed, 199 remaining, $0.24, 1h 02m"), totals);
  }
});

Deno.test("the log of a batch names 3 tasks of a reason and 20 branches, and counts the others", () => {
  const log = makeLog();
  log.add(batchStart());
  for (let at = 1; at <= 25; at++) {
    log.add(
      taskOk(`ok ${at}`, { branch: `ccrun/${at}`, changes: changes(1) }),
      taskFailed(`bad ${at}`, "failed", `failure ${at}`),
    );
  }
  const lines = log.add(batchEnd({ failed: 25 }));
  assertEquals(lines.slice(1, 3), [
    "  failed  25  bad 1, bad 2, bad 3, and 22 more",
    "              failure 1",
  ]);
  assertEquals(lines.slice(22, 25), [
    "  ccrun/19  1 file, +10 -2",
    "  ccrun/20  1 file, +10 -2",
    "  ... and 5 more",
  ]);
});

Deno.test("the log of a batch names the parts of a change", () => {
  const log = makeLog();
  log.add(batchStart());
  log.add(taskOk("a", { branch: "a", changes: { ...changes(0), untracked: 2, commits: 1 } }));
  log.add(taskOk("b", { branch: "b", changes: { ...changes(2), untracked: 1, commits: 3 } }));
  log.add(taskOk("c", { branch: "c" }));
  assertEquals(log.add(batchEnd()).slice(1, 4), [
    "  a  2 untracked, 1 commit",
    "  b  2 files, +10 -2, 1 untracked, 3 commits",
    "  c",
  ]);
});

Deno.test("the log of a batch reports a usage limit once for all tasks, and every half hour", () => {
  const log = makeLog();
  const tasks = ["a", "b", "c"].map((id) => limitWait(id));
  const line = "ccrun: waiting: until 2026-01-01T05:00:10Z: 5-hour limit reached";
  log.add(batchStart());
  assertEquals(log.add(...tasks), [line]);
  log.pass(30);
  assertEquals(log.add(...tasks), [line]);
  const other = { resets_at: "2026-01-01T10:00:00Z", until: "2026-01-01T10:00:03Z" };
  assertEquals(log.add(limitWait("a", other), limitWait("b", other)).length, 1);
});

Deno.test("the log of a batch reports the wait of each task after a failure of the API", () => {
  const log = makeLog();
  const wait = { reason: "api", attempt: 2, max_attempts: 3, message: "overloaded" } as const;
  assertEquals(log.add(batchStart(), limitWait("a", wait), limitWait("b", wait)).slice(1), [
    "ccrun: a: waiting: until 2026-01-01T05:00:10Z before attempt 2/3: overloaded",
    "ccrun: b: waiting: until 2026-01-01T05:00:10Z before attempt 2/3: overloaded",
  ]);
});

Deno.test("the log of a batch has the time of the reset before the command", () => {
  const log = makeLog();
  const end = batchEnd({ resume: "ccrun batch x", resets_at: "2026-01-01T05:00:00Z" });
  assert(/^ccrun: to run the rest after \d{4}-\d\d-\d\d \d\d:\d\d:$/.test(log.add(end).at(-2)!));
});

Deno.test("the log of a batch does not show what the tasks do", () => {
  const log = makeLog();
  log.add(batchStart());
  const use = { type: "tool_use", id: "t", name: "Bash", input: { command: "ls" } } as const;
  assertEquals(log.add(ofTask("a", use)), []);
});

Deno.test("the log of a batch has the first warning of each kind, and counts the others", () => {
  const log = makeLog();
  const notice = (id: string, level: "info" | "warning" | "error", kind: string) =>
    ofTask(id, { type: "notice", level, kind, text: `${id} has a problem` });
  assertEquals(
    log.add(
      notice("a", "warning", "denied"),
      notice("b", "warning", "denied"),
      notice("b", "error", "hook"),
      notice("c", "info", "hook"),
      notice("c", "warning", "denied"),
    ),
    [
      "ccrun: warning: a: denied: a has a problem",
      "ccrun: error: b: hook: b has a problem",
    ],
  );
  assertEquals(log.add(batchEnd())[0], "ccrun: more warnings like those above: denied (2)");
});

Deno.test("the log of a batch has warnings of at most 20 kinds", () => {
  const log = makeLog();
  const notices = Array.from(
    { length: 30 },
    (_, at) => ofTask("a", { type: "notice", level: "warning", kind: `kind ${at}`, text: "x" }),
  );
  assertEquals(log.add(...notices).length, 20);
});

Deno.test("GitHub shows failed tasks as annotations, and the failure of the batch", () => {
  const lines = makeLog({ ci: "github" }).add(...BATCH);
  assertEquals(lines.filter((line) => line.startsWith("::")), [
    "::error title=src/b.js%3A timeout::[13/200] timeout  src/b.js  10m 00s  $0.12  no result after 10m",
    "::error title=src/c.js%3A quota::[14/200] quota  src/c.js  34s  cost unknown  5-hour limit ⏎ reached",
    "::error title=src/d.js%3A quota::[15/200] quota  src/d.js  34s  $0.0312  5-hour limit reached",
    "::error title=ccrun%3A quota::ccrun: the usage limit is reached" +
    "%0A12 succeeded, 3 failed, 185 remaining, at least $0.27, 1h 02m",
  ]);
});

Deno.test("GitHub shows 9 failed tasks, and the log has the others", () => {
  const log = makeLog({ ci: "github" });
  log.add(batchStart());
  for (let at = 1; at <= 9; at++) log.add(taskFailed("a", "failed", "no"));
  assertEquals(log.add(taskFailed("a", "failed", "no"), taskFailed("a", "failed", "no")), [
    "ccrun: GitHub shows 10 errors of a step: further ones are only in this log",
    "[10/200] failed  a  34s  $0.12  no",
    "[11/200] failed  a  34s  $0.12  no",
  ]);
  const end = batchEnd({ ok: false, reason: "failed", message: "it stopped" });
  assert(log.add(end).some((line) => line.startsWith("::error title=ccrun%3A failed::")));
});

/** Text after which a command of GitHub can begin. */
const BEFORE = [
  "",
  "\n",
  "\r",
  "  \t",
  "\x85",
  "\u3000",
  "\ufeff",
  "\u2028",
  "\x1b[0m",
  "\0",
  "words%0A",
];

Deno.test("GitHub finds no command in the log of a batch but its annotations", () => {
  for (const color of [false, true]) {
    for (const evil of BEFORE.flatMap((before) => [`${before}::group::x`, `${before}##[group]x`])) {
      const lines = makeLog({ ci: "github", color }).add(
        batchStart({ results: evil }),
        taskOk(evil, { branch: evil }),
        taskFailed(evil, "failed", evil, { error: { kind: "failed", message: evil, hint: evil } }),
        ofTask(evil, { type: "notice", level: "warning", kind: evil, text: evil }),
        limitWait(evil, { message: evil }),
        batchEnd({ ok: false, reason: "failed", message: evil, resume: evil }),
      );
      const { commands } = readGithubLog(lines.map((line) => `${line}\n`).join(""));
      assertEquals(commands.map(({ name }) => name), ["error", "warning", "warning", "error"]);
    }
  }
});

Deno.test("the log of a batch sanitizes control sequences and log commands", () => {
  const evil = "\x1b]0;t\x07\x1b[2J ##[error]x\n::error::y\n  ::warning::z\u202e";
  for (const ci of [undefined, "github", "gitlab"] as const) {
    const log = makeLog({ ci });
    const lines = log.add(
      batchStart({ results: evil }),
      taskOk(evil, { branch: evil, changes: changes(1) }),
      taskFailed("::error::z", "failed", evil, {
        error: { kind: "failed", message: evil, hint: evil },
      }),
      taskFailed(evil, "api", evil),
      ofTask(evil, { type: "notice", level: "warning", kind: evil, text: evil }),
      ofTask(evil, { type: "notice", level: "warning", kind: evil, text: evil }),
      limitWait(evil, { reason: "api", message: evil }),
      batchEnd({ ok: false, message: evil, resume: evil }),
    ).concat(log.printMessage(evil));
    for (const line of lines) {
      assert(!/[\p{Cc}\u202e]/u.test(line), JSON.stringify(line));
      assert(!line.includes("##["), line);
      if (!/^::(?:error|warning) title=/.test(line)) assert(!/^\s*::/.test(line), line);
    }
  }
});

Deno.test("the log of a batch shows the end of a long id, and a part of a long message", () => {
  const log = makeLog();
  log.add(batchStart());
  const [line = ""] = log.add(
    taskFailed(`${"x".repeat(5_000)}/end.js`, "failed", "y".repeat(9_999)),
  );
  assert(/^\[1\/200\] failed {2}…x+\/end\.js {2}34s {2}\$0\.12 {2}y{500}…$/.test(line), line);
});

Deno.test("the log of a batch has colors only if they are enabled", () => {
  assert(makeLog({ color: true }).add(...BATCH).join("").includes("\x1b["));
  assert(!makeLog().add(...BATCH).join("").includes("\x1b["));
});
