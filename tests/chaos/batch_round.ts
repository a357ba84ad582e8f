/**
 * A round of chaos for `ccrun batch`: a batch that is killed at random moments and continued.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { batchClaude, readExecutions, STARTED_BY_VARIABLE } from "../support/batch_claude.ts";
import { initRepository } from "../support/batch_git.ts";
import { type CcrunResult, type RunningCcrun, startCcrun } from "../support/ccrun.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import {
  checkExecutions,
  checkFiles,
  checkResults,
  readSuccesses,
  type StartedBatch,
} from "./batch_check.ts";
import type { BatchRound, Kill } from "./batch_plan.ts";
import { checkWorktrees } from "./batch_worktrees.ts";
import { describeProcess, type ProcessTree, watchProcessTree } from "./process_tree.ts";

/** The outcome of a round. */
export interface BatchOutcome {
  /** The broken rules. */
  readonly problems: readonly string[];
  /** What is printed if there is a problem. */
  readonly evidence: string;
}

/** The exit codes of a batch that was ended. */
const SIGNAL_CODES = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130 } as const;

/** Longer than a batch needs on a loaded machine. */
const EXIT_WITHIN_MS = 180_000;

/** Longer than a guardian needs on a loaded machine. */
const GONE_WITHIN_MS = 30_000;

/** How often a batch that fails is repeated. Tasks of a round fail at most once. */
const MAX_REPEATS = 3;

/** Runs a round. */
export async function runBatchRound(round: BatchRound): Promise<BatchOutcome> {
  await using sandbox = await makeSandbox();
  if (round.hasWorktrees) await initRepository(sandbox);
  const args = await writeBatch(round, sandbox);
  const batches: StartedBatch[] = [];
  const trees: ProcessTree[] = [];
  const problems: string[] = [];
  const evidence: string[] = [];

  async function run(kill?: Kill): Promise<CcrunResult> {
    const by = String(batches.length + 1);
    batches.push({ by, before: await readSuccesses(resultsPath(sandbox)) });
    const env = { [STARTED_BY_VARIABLE]: by };
    await using batch = await startCcrun(args, { sandbox, env, limitMs: EXIT_WITHIN_MS });
    trees.push(watchProcessTree(batch.pid, EXIT_WITHIN_MS));
    if (kill !== undefined) await killAt(kill, batch, sandbox);
    const result = await batch.finished;
    evidence.push(`--- batch ${by}: exit code ${result.code}\n${result.stderr}`);
    if (kill !== undefined) await loseBytes(kill, resultsPath(sandbox));
    return result;
  }

  try {
    for (const kill of round.kills) {
      const { code } = await run(kill);
      // The batch may have ended before.
      const isExpected = code === SIGNAL_CODES[kill.signal] || code <= 1;
      if (!isExpected) problems.push(`a batch exits with ${code} after ${kill.signal}`);
    }
    let code = NaN;
    for (let repeats = 0; repeats <= MAX_REPEATS && code !== 0; repeats++) {
      ({ code } = await run());
      if (code > 1) problems.push(`a batch exits with ${code}`);
    }
    if (code !== 0) problems.push(`the last batch exits with ${code}`);
    problems.push(...await checkProcesses(trees, sandbox));
  } catch (error) {
    problems.push(`a batch hangs: ${error}`);
  } finally {
    for (const tree of trees) tree[Symbol.dispose]();
  }
  const results = await Deno.readTextFile(resultsPath(sandbox));
  const executions = await readExecutions(sandbox);
  problems.push(
    ...checkResults(round.tasks, results),
    ...checkExecutions(round.tasks, batches, executions),
    ...await checkFiles(sandbox, resultsPath(sandbox)),
    ...(round.hasWorktrees ? await checkWorktrees(round.tasks, results, executions, sandbox) : []),
  );
  const list = executions.map(({ by, prompt }) => `${by} ${prompt}`);
  return { problems, evidence: [...evidence, results, ...list].join("\n") };
}

/** The results are outside the project, in a directory of their own. */
function resultsPath({ root }: Sandbox): string {
  return `${root}/out/results.jsonl`;
}

/** Writes the tasks, and returns the arguments of the batch. */
async function writeBatch(round: BatchRound, sandbox: Sandbox): Promise<readonly string[]> {
  const out = `${sandbox.root}/out`;
  await Deno.mkdir(out);
  const lines = round.tasks.map(({ id, prompt }) => `${JSON.stringify({ id, prompt })}\n`);
  await Deno.writeTextFile(`${sandbox.root}/tasks.jsonl`, lines.join(""));
  return [
    ...["batch", `${sandbox.root}/tasks.jsonl`, "--claude", await batchClaude(sandbox)],
    ...["--results", resultsPath(sandbox), "--jobs", "4"],
    ...(round.hasWorktrees ? ["--worktrees"] : []),
    ...(round.hasLogs ? ["--logs", `${sandbox.root}/logs`] : []),
  ];
}

/** Sends the signal, unless the batch ends before. */
async function killAt(kill: Kill, batch: RunningCcrun, sandbox: Sandbox): Promise<void> {
  let hasEnded = false;
  void batch.finished.finally(() => hasEnded = true).catch(() => {});
  const count = progressOf(kill, sandbox);
  const goal = count() + kill.count;
  // Shorter than the write of a result and the next one.
  while (kill.moment !== "launch" && !hasEnded && count() < goal) await delay(1);
  await delay(kill.delayMs);
  batch.kill(kill.signal);
}

/** Returns a function that counts what comes before a kill. */
function progressOf({ moment }: Kill, sandbox: Sandbox): () => number {
  const path = moment === "a result" ? resultsPath(sandbox) : `${sandbox.home}/executions`;
  return () => {
    try {
      return Deno.readTextFileSync(path).split("\n").length - 1;
    } catch {
      return 0; // no execution or result yet
    }
  };
}

/** Removes the end of the last line, and at most the line. */
async function loseBytes({ lostBytes }: Kill, path: string): Promise<void> {
  if (lostBytes === 0) return;
  const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
  const lastLine = bytes.lastIndexOf("\n".charCodeAt(0), bytes.length - 2) + 1;
  const length = Math.max(lastLine, bytes.length - lostBytes);
  if (bytes.length > 0) await Deno.truncate(path, length);
}

/** Waits until all processes have exited, and returns those that have not. */
async function checkProcesses(
  trees: readonly ProcessTree[],
  sandbox: Sandbox,
): Promise<string[]> {
  const left = () => trees.flatMap((tree) => tree.living());
  const isGone = await waitFor(
    async () => left().length === 0 && (await sandbox.processes()).length === 0,
    GONE_WITHIN_MS,
  );
  const others = isGone ? [] : await sandbox.processes();
  return isGone
    ? []
    : [`processes are left: ${left().map(describeProcess).join("; ")} (${others.join(" ")})`];
}
