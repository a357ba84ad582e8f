/**
 * `ccrun batch` as a process, with a fake claude: its files, its limits and what it refuses.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "../../lib/util/exists.ts";
import { batchClaude, readExecutions, resetLimit, TASK_COST_USD } from "../support/batch_claude.ts";
import { initRepository } from "../support/batch_git.ts";
import { exitCodes, readResults } from "../support/batch_results.ts";
import { type CcrunResult, runCcrun, type RunningCcrun, startCcrun } from "../support/ccrun.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { assertClearMessage } from "./fake_scene.ts";
import { assertNothingLeft } from "./scene.ts";

/** A sandbox with a batch. */
interface BatchScene {
  readonly sandbox: Sandbox;
  /** The path of the results. */
  readonly results: string;
  /** Runs the tasks, one a line, and checks that no process or file is left. */
  run(tasks: string, ...options: readonly string[]): Promise<CcrunResult>;
  /** Starts the tasks. */
  start(tasks: string, ...options: readonly string[]): Promise<RunningCcrun>;
  /** Returns the exit codes of the executions of each task. */
  codes(): Promise<Readonly<Record<string, string>>>;
  /** Returns the prompts that the fake claude has received. */
  prompts(): Promise<readonly string[]>;
}

/** Runs a test with a fake claude for batches. */
async function withBatch(act: (scene: BatchScene) => Promise<void>): Promise<void> {
  await using sandbox = await makeSandbox();
  const claude = await batchClaude(sandbox);
  const results = `${sandbox.root}/results.jsonl`;
  const start: BatchScene["start"] = (tasks, ...options) =>
    startCcrun(["batch", "-", "--results", results, "--claude", claude, ...options], {
      sandbox,
      stdin: tasks,
    });
  await act({
    sandbox,
    results,
    start,
    async run(...args) {
      await using batch = await start(...args);
      const result = await batch.finished;
      await assertNothingLeft(sandbox);
      return result;
    },
    codes: async () => exitCodes(await readResults(results)),
    prompts: async () => (await readExecutions(sandbox)).map(({ prompt }) => prompt),
  });
}

/** Longer than a fake claude takes to start on a loaded machine. */
const STARTED_WITHIN_MS = 60_000;

Deno.test("ccrun batch runs failed tasks again, and no others", async () => {
  await withBatch(async ({ run, codes, prompts }) => {
    const tasks = "a\nb fail\nc flaky=c\nd leave\n";
    const { code, stdout, stderr } = await run(tasks);
    assertEquals([code, stdout], [1, ""], stderr);
    assertEquals(await codes(), { "a": "0", "b fail": "1", "c flaky=c": "1", "d leave": "0" });
    assertEquals((await run(tasks)).code, 1);
    assertEquals(await codes(), { "a": "0", "b fail": "1 1", "c flaky=c": "1 0", "d leave": "0" });
    const started = (await prompts()).toSorted();
    assertEquals(started, ["a", "b fail", "b fail", "c flaky=c", "c flaky=c", "d leave"]);
  });
});

testWith(
  { commands: ["git"] },
  "a task can be resumed in its worktree, unless that is removed",
  async () => {
    await withBatch(async ({ sandbox, run, results }) => {
      await initRepository(sandbox);
      const { code, stderr } = await run("a fail\nb edit=b fail\n", "--worktrees");
      assertEquals(code, 1, stderr);
      const lines = await readResults(results);
      const [removed, kept] = lines.toSorted((a, b) => String(a["id"]) < String(b["id"]) ? -1 : 1);
      assertEquals([removed?.["resume"], removed?.["worktree"]], [undefined, undefined]);
      assertEquals(removed?.["error"], { kind: "failed", message: "It broke." });
      const command = `ccrun --resume ${kept?.["session_id"]} -C ${kept?.["worktree"]}`;
      assertStringIncludes(String(kept?.["resume"]), command);
      assertStringIncludes(JSON.stringify(kept?.["error"]), command);
    });
  },
);

Deno.test("a second ccrun batch cannot use the same results file", async () => {
  await withBatch(async ({ start, run, codes, sandbox, results }) => {
    await using first = await start("a hang\n");
    const isStarted = async () => (await readExecutions(sandbox)).length > 0;
    assert(await waitFor(isStarted, STARTED_WITHIN_MS));
    await using second = await start("b\n");
    const { code, stdout, stderr } = await second.finished;
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `cannot use --results ${results}: another ccrun batch uses it`);
    first.kill("SIGTERM");
    assertEquals((await first.finished).code, 143);
    assertEquals((await run("b\n")).code, 0);
    assertEquals(await codes(), { "a hang": "143", "b": "0" });
  });
});

Deno.test("ccrun batch runs the task of a torn last line again", async () => {
  await withBatch(async ({ run, codes, prompts, results }) => {
    assertEquals((await run("a\nb\n", "--jobs", "1")).code, 0);
    const text = await Deno.readTextFile(results);
    for (const length of [text.length - 1, text.length - 2, text.indexOf("\n") + 9]) {
      await Deno.writeTextFile(results, text.slice(0, length));
      assertEquals((await run("a\nb\n")).code, 0);
      assertEquals(await codes(), { "a": "0", "b": "0" });
    }
    // Only the newline was missing at first.
    assertEquals(await prompts(), ["a", "b", "b", "b"]);
  });
});

Deno.test("ccrun batch refuses tasks that it cannot run, before it starts any", async () => {
  const cases: readonly [tasks: string, options: readonly string[], error: RegExp][] = [
    ["a\nb\na\n", [], /stdin, line 3: duplicate of line 1/],
    ['{"id":"a","prompt":"x"}\n\n{"id":"a","prompt":"y"}\n', [], /line 3: duplicate id.* line 1/],
    ['{"prompt":"x"}\nb\n', [], /stdin, line 2: /],
    ['{"prompt":"x"}\n["y"]\n', [], /stdin, line 2: /],
    ['{"file":"x"}\n{"name":"y"}\n', ["-p", "See {file}"], /stdin, line 2: .*file/],
    ['{"id":"a"}\n', [], /stdin, line 1: .*prompt/],
    ['{"prompt":"x","max_turns":"many"}\n', [], /stdin, line 1: .*max.turns/],
    ["\n \n", [], /stdin has no tasks/],
    ["a\n", ["--shard", "0/4"], /--shard/],
    ["a\n", ["--jobs", "0"], /--jobs/],
  ];
  await withBatch(async ({ run, prompts, results }) => {
    for (const [tasks, options, error] of cases) {
      const { code, stdout, stderr } = await run(tasks, ...options);
      assertEquals([code, stdout], [2, ""], stderr);
      assertMatch(stderr, error);
      assertClearMessage(stderr);
    }
    assertEquals([await prompts(), await exists(results)], [[], false]);
  });
});

Deno.test("ccrun batch --dry-run prints the prompts, and runs and writes nothing", async () => {
  await withBatch(async ({ run, prompts, results }) => {
    const tasks = '{"id":"a","file":"x.js"}\n{"id":"b","file":"y.js","prompt":"Read it"}\n';
    const { code, stdout, stderr } = await run(tasks, "-p", "Migrate {file} {}", "--dry-run");
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /Migrate x\.js a[^]*Read it/);
    assertEquals([await prompts(), await exists(results)], [[], false]);
  });
});

Deno.test("the shards of ccrun batch run each task once, and its report joins them", async () => {
  await withBatch(async ({ sandbox, run, prompts }) => {
    const ids = Array.from(
      { length: 12 },
      (_, index) => `task-${index}${index === 5 ? " fail" : ""}`,
    );
    const parts = ["1", "2", "3"].map((part) => `${sandbox.root}/part-${part}.jsonl`);
    for (const [index, part] of parts.entries()) {
      const options = ["--shard", `${index + 1}/3`, "--results", part];
      const { code, stderr } = await run(`${ids.join("\n")}\n`, ...options);
      assert(code <= 1, stderr);
    }
    assertEquals((await prompts()).toSorted(), ids.toSorted());
    const report = await runCcrun(["batch", "report", ...parts], { sandbox });
    assertEquals(report.code, 1, report.stderr);
    assertStringIncludes(report.stdout, "11 succeeded, 1 failed");
    assertStringIncludes(report.stdout, "task-5 fail");
  });
});

Deno.test("ccrun batch starts no more tasks at a limit, and states it", async () => {
  const tasks = "a fail\nb fail\nc\nd\n";
  const cost = String(TASK_COST_USD * 2);
  const cases: readonly [options: readonly string[], code: number, executed: number][] = [
    [["--max-failures", "1"], 1, 1],
    [["--max-failures", "2"], 1, 2],
    [["--max-total-budget-usd", cost], 5, 2],
  ];
  for (const [options, expected, executed] of cases) {
    await withBatch(async ({ run, prompts }) => {
      const { code, stdout, stderr } = await run(tasks, "--jobs", "1", ...options);
      assertEquals([code, stdout], [expected, ""], stderr);
      assertEquals((await prompts()).length, executed);
      assertStringIncludes(stderr, options[0] ?? "");
    });
  }
});

Deno.test("ccrun batch starts no task while another one waits for a usage limit", async () => {
  await withBatch(async ({ sandbox, run, codes }) => {
    const tasks = ["a sleep=0.2 limit=3", "b sleep=0.5", "c", "d"];
    const options = ["--jobs", "2", "--wait-for-limit", "1m"];
    const { code, stderr } = await run(tasks.join("\n"), ...options);
    assertEquals(code, 0, stderr);
    assertEquals(await codes(), Object.fromEntries(tasks.map((id) => [id, "0"])));
    assertEquals(stderr.match(/waiting: until /g)?.length, 1, stderr);
    // Each would have reached the limit, and its session would have been resumed.
    const executions = await readExecutions(sandbox);
    for (const task of ["c", "d"]) {
      const session = executions.find(({ prompt }) => prompt === task)?.session;
      assertEquals(executions.filter((other) => other.session === session).length, 1);
    }
  });
});

Deno.test("ccrun batch does not wait for a limit that is reset too late", async () => {
  await withBatch(async ({ sandbox, run, codes }) => {
    const tasks = "a limit=900\nb\n";
    const { code, stderr } = await run(tasks, "--jobs", "1", "--wait-for-limit", "10m");
    assertEquals(code, 8, stderr);
    await resetLimit(sandbox);
    assertEquals((await run(tasks)).code, 0);
    assertEquals(await codes(), { "a limit=900": "8 0", "b": "0" });
  });
});

Deno.test("a signal ends the wait of ccrun batch for a usage limit at once", async () => {
  await withBatch(async ({ sandbox, start, run, codes }) => {
    const tasks = "a limit=7200\nb\n";
    await using batch = await start(tasks, "--jobs", "1", "--wait-for-limit", "5h");
    await batch.stderrUntil("waiting");
    batch.kill("SIGTERM");
    const { code, stderr } = await batch.finished;
    assertEquals(code, 143, stderr);
    assertStringIncludes(stderr, "ccrun batch -");
    await resetLimit(sandbox);
    assertEquals((await run(tasks)).code, 0);
    assertEquals(await codes(), { "a limit=7200": "143 0", "b": "0" });
  });
});
