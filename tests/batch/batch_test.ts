import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Batch, type BatchOptions } from "../../lib/batch/batch.ts";
import type { BatchEnd, BatchEvent, TaskEnd } from "../../lib/batch/events.ts";
import { openResultsFile } from "../../lib/batch/results/results_file.ts";
import type { Task } from "../../lib/batch/task.ts";
import { CcrunError } from "../../lib/errors.ts";
import { git, initRepository } from "../support/batch_git.ts";
import { batchClaude, readExecutions, TASK_COST_USD } from "../support/batch_claude.ts";
import { assertBatchEvents } from "../support/batch_output.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { openWorktrees } from "../../lib/batch/worktrees/open_worktrees.ts";

const STOPPED = {
  signal: "SIGINT",
  failure: { kind: "interrupt", message: "stopped by SIGINT" },
} as const;

/** How a batch has ended, and its events. */
interface BatchRun {
  readonly end: BatchEnd;
  readonly events: readonly BatchEvent[];
  /** The ids, the executions and the reasons of the tasks that have ended, sorted. */
  readonly ended: readonly string[];
}

interface RunBatchOptions extends Partial<BatchOptions> {
  readonly claudePath?: string;
  readonly waitForLimitMs?: number;
  readonly onEvent?: (event: BatchEvent, batch: Batch) => void;
}

/** Runs a batch on the results of the sandbox. The id of a task is its prompt. */
async function runBatch(
  sandbox: Sandbox,
  prompts: readonly string[],
  options: RunBatchOptions = {},
): Promise<BatchRun> {
  const { claudePath = await batchClaude(sandbox), waitForLimitMs, onEvent } = options;
  await using results = await openResultsFile(`${sandbox.root}/results.jsonl`);
  const events: BatchEvent[] = [];
  const session = {
    workspace: sandbox.project,
    claudePath,
    env: sandbox.env(),
    waitForLimitMs,
    graceMs: 2_000,
  };
  const batch = new Batch({
    tasks: prompts.map((prompt, index): Task => ({
      id: prompt,
      line: index + 1,
      prompt,
      options: new Map(),
    })),
    results,
    jobs: 1,
    settingsOf: () => Promise.resolve({ session, run: {} }),
    resume: "ccrun batch tasks.txt",
    ...options,
    emit(event) {
      events.push(event);
      onEvent?.(event, batch);
    },
  });
  const end = await batch.run();
  await sandbox.assertNothingLeft();
  assertBatchEvents(events);
  const ended = events.filter((event): event is TaskEnd => event.type === "task_end")
    .map(({ id, execution, reason }) => `${id} ${execution} ${reason}`).sort();
  return { end, events, ended };
}

function counts({ code, succeeded, failed, remaining }: BatchEnd): number[] {
  return [code, succeeded, failed, remaining];
}

Deno.test("a batch runs its tasks, and skips what has succeeded when it runs again", async () => {
  await using sandbox = await makeSandbox();
  const prompts = ["a", "flaky=x", "c"];
  const first = await runBatch(sandbox, prompts);
  assertEquals(counts(first.end), [1, 2, 1, 0]);
  assertEquals([first.end.reason, first.end.resume], ["failed", "ccrun batch tasks.txt"]);
  assertEquals(first.ended, ["a 1 success", "c 1 success", "flaky=x 1 failed"]);
  assertEquals(first.end.cost_usd, 3 * TASK_COST_USD);
  const second = await runBatch(sandbox, prompts);
  assertEquals(counts(second.end), [0, 3, 0, 0]);
  assertEquals(second.ended, ["flaky=x 2 success"]);
  const [start] = second.events;
  assert(start?.type === "batch_start");
  assertEquals([start.tasks, start.skipped, start.cost_usd], [3, 2, 3 * TASK_COST_USD]);
  assertEquals("resume" in second.end, false);
  assertEquals((await readExecutions(sandbox)).length, 4);
});

Deno.test("the events of a run have the task and the execution, and its result is in task_end", async () => {
  await using sandbox = await makeSandbox();
  const { events } = await runBatch(sandbox, ["one"]);
  const types = events.map(({ type }) => type);
  assertEquals([types.slice(0, 2), types.slice(-3)], [
    ["batch_start", "start"],
    ["exit", "task_end", "batch_end"],
  ]);
  for (const event of events.slice(1, -2)) {
    assert("task" in event && event.task === "one" && event.execution === 1, event.type);
  }
  const result = events.at(-2);
  assert(result?.type === "task_end");
  const { answer, exit, cost_usd, turns, started_at, ended_at, duration_ms } = result;
  assertEquals([answer, exit, cost_usd, turns], ["one", 0, TASK_COST_USD, 1]);
  assert(Date.parse(started_at) <= Date.parse(ended_at) && duration_ms >= 0);
});

Deno.test("several tasks run at the same time, up to the number of jobs", async () => {
  await using sandbox = await makeSandbox();
  let [running, peak] = [0, 0];
  const prompts = Array.from({ length: 9 }, (_, index) => `${index} sleep=0.05`);
  const { end } = await runBatch(sandbox, prompts, {
    jobs: 3,
    onEvent({ type }) {
      if (type === "start") peak = Math.max(peak, ++running);
      if (type === "exit") running--;
    },
  });
  assertEquals([counts(end), peak], [[0, 9, 0, 0], 3]);
});

Deno.test("no task starts after the last failure that is allowed", async () => {
  await using sandbox = await makeSandbox();
  const prompts = ["1 fail", "2", "3 fail", "4", "5 fail"];
  const { end } = await runBatch(sandbox, prompts, { maxFailures: 2 });
  assertEquals(counts(end), [1, 1, 2, 2]);
  assertEquals(end.message, "2 tasks failed, and --max-failures is reached");
});

Deno.test("no task starts when the budget of all executions is used up", async () => {
  await using sandbox = await makeSandbox();
  const budget = { maxTotalBudgetUsd: 2 * TASK_COST_USD };
  const first = await runBatch(sandbox, ["1", "2", "3"], budget);
  assertEquals([first.end.reason, ...counts(first.end)], ["limit", 5, 2, 0, 1]);
  assertEquals(first.end.message, "--max-total-budget-usd 0.5 is used up");
  const second = await runBatch(sandbox, ["1", "2", "3"], budget);
  assertEquals([counts(second.end), second.ended], [[5, 2, 0, 1], []]);
  const third = await runBatch(sandbox, ["1", "2", "3"], { maxTotalBudgetUsd: 10 });
  assertEquals(counts(third.end), [0, 3, 0, 0]);
});

Deno.test("a usage limit stops the batch, which continues later", async () => {
  await using sandbox = await makeSandbox();
  const first = await runBatch(sandbox, ["1", "2 limit=1", "3"]);
  assertEquals([first.end.reason, ...counts(first.end)], ["quota", 8, 1, 1, 1]);
  assert(Date.parse(first.end.resets_at ?? "") > Date.now() - 2_000);
  assertMatch(first.end.message ?? "", /5-hour limit/);
});

Deno.test("all tasks wait until a usage limit is reset, if they may", async () => {
  await using sandbox = await makeSandbox();
  const prompts = ["1 limit=2", "2", "3", "4"];
  const { end, events } = await runBatch(sandbox, prompts, { jobs: 2, waitForLimitMs: 60_000 });
  assertEquals(counts(end), [0, 4, 0, 0]);
  const waiting = events.findIndex(({ type }) => type === "waiting");
  assert(waiting > 0);
  const later = events.slice(waiting).find(({ type }) => type === "start");
  assert(later?.type === "start" && later.time !== null);
  const [event] = events.slice(waiting);
  assert(event?.type === "waiting" && Date.parse(later.time) >= Date.parse(event.until));
});

Deno.test("a stop ends the running tasks, and starts no other one", async () => {
  await using sandbox = await makeSandbox();
  const prompts = ["1", "2 hang", "3 hang", "4"];
  const { end, ended } = await runBatch(sandbox, prompts, {
    jobs: 2,
    onEvent(event, batch) {
      const isLast = event.type === "session_info" && "task" in event && event.task === "3 hang";
      if (isLast) batch.stop(STOPPED);
    },
  });
  assertEquals([end.reason, ...counts(end)], ["interrupt", 130, 1, 0, 3]);
  assertEquals(ended, ["1 1 success", "2 hang 1 interrupt", "3 hang 1 interrupt"]);
  assertEquals([end.message, end.resume], ["stopped by SIGINT", "ccrun batch tasks.txt"]);
});

Deno.test("a failure that all tasks would have ends the batch", async () => {
  await using sandbox = await makeSandbox();
  const claudePath = `${sandbox.bin}/missing`;
  const { end, ended } = await runBatch(sandbox, ["1", "2", "3"], { claudePath });
  assertEquals([counts(end), ended], [[1, 0, 1, 2], ["1 1 not_found"]]);
  assertStringIncludes(end.message ?? "", "missing");
});

Deno.test("a task whose settings are not valid fails alone", async () => {
  await using sandbox = await makeSandbox();
  const claudePath = await batchClaude(sandbox);
  const session = { workspace: sandbox.project, claudePath, env: sandbox.env() };
  const { end, ended } = await runBatch(sandbox, ["1", "2"], {
    settingsOf: ({ id }) =>
      id === "1"
        ? Promise.reject(new CcrunError("usage", "cannot read a file"))
        : Promise.resolve({ session, run: {} }),
  });
  assertEquals([counts(end), ended], [[1, 1, 1, 0], ["1 1 usage", "2 1 success"]]);
});

Deno.test("a batch without tasks left is a success", async () => {
  await using sandbox = await makeSandbox();
  assertEquals(counts((await runBatch(sandbox, [])).end), [0, 0, 0, 0]);
});

Deno.test("a batch ends if its results cannot be written", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const { end } = await runBatch(sandbox, ["1", "2", "3"], {
    onEvent({ type }) {
      if (type === "session_info") Deno.writeTextFileSync(path, "forged\n", { append: true });
    },
  });
  assertEquals(counts(end), [1, 0, 0, 3]);
  assertStringIncludes(end.message ?? "", "another program has changed it");
});

testWith(
  { commands: ["git"] },
  "a batch can continue after a task whose worktree cannot be read",
  async () => {
    await using sandbox = await makeSandbox();
    await initRepository(sandbox);
    const worktrees = await openWorktrees({ cwd: sandbox.project, env: sandbox.env() });
    const { events } = await runBatch(sandbox, ["1"], {
      worktrees,
      onEvent({ type }) {
        if (type !== "session_info") return;
        Deno.removeSync(`${sandbox.project}/.git/worktrees`, { recursive: true });
      },
    });
    const result = events.at(-2);
    assert(result?.type === "task_end");
    assertMatch(result.error?.message ?? "", /^cannot finish the worktree/);
    assertEquals((await runBatch(sandbox, ["1"])).ended, ["1 2 success"]);
  },
);

testWith(
  { commands: ["git"] },
  "a task works in its worktree, also if ccrun runs in a hook of git",
  async () => {
    await using sandbox = await makeSandbox();
    await Deno.writeTextFile(`${sandbox.project}/a.txt`, "a\n");
    await initRepository(sandbox);
    const worktrees = await openWorktrees({ cwd: sandbox.project, env: sandbox.env() });
    const hook = { GIT_DIR: `${sandbox.project}/.git`, GIT_INDEX_FILE: "/missing/index" };
    const env = { ...sandbox.env(), ...hook };
    const session = { workspace: sandbox.project, claudePath: await batchClaude(sandbox), env };
    const { end, events } = await runBatch(sandbox, ["commit=b.txt"], {
      worktrees,
      settingsOf: () => Promise.resolve({ session, run: {} }),
    });
    assertEquals(counts(end), [0, 1, 0, 0]);
    const result = events.at(-2);
    assert(result?.type === "task_end");
    assertEquals([result.changes?.commits, result.changes?.files], [1, 1]);
    assertEquals(await git(sandbox, sandbox.project, "status", "--porcelain"), "");
  },
);
