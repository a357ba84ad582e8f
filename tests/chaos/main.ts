/**
 * Sends signals to ccrun at random moments and checks that it exits correctly and leaves no process
 * or file behind.
 *
 *     deno task chaos [ROUNDS] [--seed S] [--only ROUND] [--jobs N]
 *
 * The seed determines all plans. `--only` repeats one round.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { claudePath } from "../support/claude.ts";
import { describeRun, planRound, type Round } from "./round.ts";
import { type Outcome, runRound } from "./run_round.ts";
import { DEFAULT_LIMITS } from "./check_run.ts";

const DEFAULT_ROUNDS = 20;

const SEED_LIMIT = 1_000_000;

/** The exit code for SIGINT. */
const INTERRUPTED = 130;

if (Deno.build.os !== "linux") {
  console.error("chaos reads /proc, so it needs Linux");
  Deno.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    only: { type: "string" },
    jobs: { type: "string" },
  },
});
const seed = number(values.seed, Math.floor(Math.random() * SEED_LIMIT));
const only = values.only === undefined ? undefined : number(values.only, 1);
const rounds = only === undefined ? number(positionals[0], DEFAULT_ROUNDS) : 1;
const jobs = number(values.jobs, Math.max(1, Math.min(2, navigator.hardwareConcurrency)));

const abort = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => abort.abort());
}

let next = only ?? 1;
let passed = 0;
let finished = 0;

console.log(`seed ${seed}, ${rounds} rounds, ${jobs} at once`);
await claudePath({ onInstall: (name) => console.log(`installing ${name}`) });
const last = next + rounds - 1;
await Promise.all(Array.from({ length: jobs }, work));
printSummary();

function number(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`not a number: ${text}`);
  Deno.exit(2);
}

async function work(): Promise<void> {
  while (next <= last && !abort.signal.aborted) {
    const round = planRound(seed, next++);
    const outcomes = await runRound(round, DEFAULT_LIMITS, abort.signal);
    if (!abort.signal.aborted) report(round, outcomes);
  }
}

function report(round: Round, outcomes: readonly Outcome[]): void {
  finished++;
  const hasPassed = outcomes.every(({ problems }) => problems.length === 0);
  if (hasPassed) passed++;
  const name = `round ${String(round.number).padStart(String(last).length)}`;
  const runs = round.runs.map(describeRun).join(`\n${" ".repeat(name.length)}   and `);
  console.log(`${name} ${hasPassed ? "✓" : "✗"} ${runs}`);
  if (hasPassed) return;
  for (const [index, { problems, evidence }] of outcomes.entries()) {
    const run = `run ${index + 1} of ${outcomes.length}`;
    console.log(`--- seed ${seed}, round ${round.number}, ${run}`);
    for (const problem of problems) console.log(`PROBLEM: ${problem}`);
    console.log(evidence);
  }
  console.log(`--- to repeat: deno task chaos --seed ${seed} --only ${round.number}`);
  console.log(JSON.stringify(round));
}

function printSummary(): never {
  console.log(`${passed} of ${rounds} rounds passed (seed ${seed})`);
  if (abort.signal.aborted) {
    console.log(`interrupted after ${finished} rounds`);
    Deno.exit(INTERRUPTED);
  }
  Deno.exit(passed === rounds ? 0 : 1);
}
