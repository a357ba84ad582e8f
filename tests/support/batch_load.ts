/**
 * Runs many tasks in `ccrun batch`, and watches what ccrun itself needs.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { batchClaude, readExecutions } from "./batch_claude.ts";
import { command, denoVariables } from "./ccrun.ts";
import { makeSandbox } from "./sandbox.ts";

/** Options of {@linkcode runBatchLoad}. */
export interface BatchLoad {
  readonly tasks: number;
  readonly jobs: number;
}

/** What a load shows. */
export interface BatchLoadResult {
  /** The tasks a second. */
  readonly rate: number;
  /** The CPU time of ccrun without that of its children, in milliseconds a task. */
  readonly cpuMs: number;
  /** The resident memory of ccrun in MB, each time that it was read. */
  readonly megabytes: readonly number[];
}

/** How often CPU time and memory are read, in milliseconds. */
const SAMPLE_MS = 100;

/** How many parts of a second Linux counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** Runs a load on a fake claude that ends at once, and checks that each task succeeds once. */
export async function runBatchLoad({ tasks, jobs }: BatchLoad): Promise<BatchLoadResult> {
  await using sandbox = await makeSandbox();
  const claude = await batchClaude(sandbox);
  const list = `${sandbox.root}/tasks.txt`;
  const results = `${sandbox.root}/results.jsonl`;
  const ids = Array.from({ length: tasks }, (_, index) => `task-${index}`);
  await Deno.writeTextFile(list, `${ids.join("\n")}\n`);
  const [program, ...args] = await command();
  const options = ["--claude", claude, "--results", results, "--jobs", String(jobs)];
  const startedAt = performance.now();
  const child = new Deno.Command(program, {
    args: [...args, "batch", list, ...options],
    clearEnv: true,
    env: { ...sandbox.env(), ...await denoVariables() },
    cwd: sandbox.project,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const megabytes: number[] = [];
  let cpuSeconds = NaN;
  const timer = setInterval(() => {
    const usage = readUsage(child.pid);
    if (usage === undefined) return;
    megabytes.push(usage.megabytes);
    cpuSeconds = usage.cpuSeconds;
  }, SAMPLE_MS);
  try {
    const { code } = await child.status;
    assertEquals(code, 0);
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await checkResults(results, ids);
  assertEquals((await readExecutions(sandbox)).length, tasks);
  return { rate: tasks / seconds, cpuMs: cpuSeconds * 1000 / tasks, megabytes };
}

async function checkResults(path: string, ids: readonly string[]): Promise<void> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const results = lines.map((line) => JSON.parse(line));
  const isOk = results.every(({ exit, id, answer }) => exit === 0 && answer === id);
  assert(isOk, "a task has failed, or has the answer of another one");
  assertEquals(results.map(({ id }) => id).toSorted(), ids.toSorted());
}

/** Reads the CPU time and the memory of a process from /proc. */
function readUsage(pid: number): { cpuSeconds: number; megabytes: number } | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    // The name of the program comes before and may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user, system] = [Number(fields[11]), Number(fields[12])];
    const kilobytes = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
    if (!(kilobytes > 0)) return undefined;
    return {
      cpuSeconds: (user + system) / TICKS_PER_SECOND,
      megabytes: kilobytes * 1024 / 1e6,
    };
  } catch {
    return undefined; // it has exited
  }
}
