/**
 * Measures what `ccrun batch` itself needs for thousands of tasks, and compares it with a program that
 * starts `ccrun run` for each of them.
 *
 * @module
 */

import { batchClaude } from "../support/batch_claude.ts";
import { runBatchLoad } from "../support/batch_load.ts";
import { hasCommand } from "../support/test_with.ts";
import { type Bench, measureInTurns, secondsOf } from "./bench.ts";
import { BATCH_CPU_GOAL, BATCH_GROWTH_GOAL, BATCH_MEMORY_GOAL, BATCH_SPEED_GOAL } from "./goals.ts";
import { ccrun, type Command, measure } from "./measure.ts";
import { medianRatio, type Row } from "./results.ts";

const JOBS = 8;

/** The share of the tasks of the comparison, because a start of ccrun takes long. */
const COMPARED_SHARE = 1 / 50;

/** Measures batches. */
export async function batchSection(bench: Bench): Promise<readonly Row[]> {
  return [...await manyTasks(bench), ...await comparison(bench)];
}

async function manyTasks({ tasks, log }: Bench): Promise<Row[]> {
  log(`${tasks} tasks`);
  const { rate, cpuMs, megabytes } = await runBatchLoad({ tasks, jobs: JOBS });
  const fifth = Math.ceil(megabytes.length / 5);
  const [first, last] = [megabytes.slice(0, fifth), megabytes.slice(-fifth)]
    .map((samples) => Math.max(...samples)) as [number, number];
  return [
    { name: "CPU time of batch", value: cpuMs, unit: "ms/task", goal: BATCH_CPU_GOAL },
    {
      name: "peak memory of batch",
      value: Math.max(...megabytes),
      unit: "MB",
      goal: BATCH_MEMORY_GOAL,
    },
    {
      name: "its peak in the last fifth, compared with the first",
      value: last / first,
      unit: "x",
      goal: BATCH_GROWTH_GOAL,
    },
    { name: "tasks that end at once", value: rate, unit: "/s" },
  ];
}

/** Compares a batch with GNU parallel, or else with xargs. */
async function comparison(bench: Bench): Promise<Row[]> {
  const { sandbox } = bench;
  const claude = await batchClaude(sandbox);
  const count = Math.ceil(bench.tasks * COMPARED_SHARE);
  const feed = `seq ${count}`;
  let batches = 0;
  const runner: Command = hasCommand("parallel")
    ? ["parallel", "--will-cite", "-q", "-j", `${JOBS}`]
    : ["xargs", "-P", `${JOBS}`, "-I{}"];
  const run = await ccrun("run", "--claude", claude, "--no-stdin", "-q", "-p", "task {}");
  const results = await measureInTurns(bench, {
    "batch": async () => {
      const file = `${sandbox.root}/results-${++batches}.jsonl`;
      const options = ["--claude", claude, "--results", file, "--jobs", `${JOBS}`];
      return await measure(await ccrun("batch", "-", "-p", "task {}", ...options), {
        sandbox,
        feed,
      });
    },
    [runner[0]]: () => measure([...runner, ...run], { sandbox, feed }),
  });
  const [own, other] = [secondsOf(results["batch"] ?? []), secondsOf(results[runner[0]] ?? [])];
  return [{
    name: `${count} tasks in batch, compared with ${runner[0]} and ccrun run`,
    value: medianRatio(other, own),
    unit: "x",
    goal: BATCH_SPEED_GOAL,
  }];
}
