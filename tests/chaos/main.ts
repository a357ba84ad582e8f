/**
 * `deno task chaos`: ccrun is signalled at random moments, again and again, and must end as it should and
 * leave nothing behind.
 *
 *     deno task chaos [ROUNDS] [--seed S] [--only ROUND] [--jobs N]
 *
 * The seed gives all choices; `--only` plays one round of it again.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { claudePath } from "../support/claude.ts";
import { describeRun, makeRound, type Round } from "./choices.ts";
import { type Outcome, playRound } from "./play.ts";
import { CONTRACT } from "./verdict.ts";

const DEFAULT_ROUNDS = 20;

const SEED_LIMIT = 1_000_000;

/** 128 and the number of SIGINT. */
const INTERRUPTED = 130;

if (Deno.build.os !== "linux") {
  console.error("chaos looks into /proc: it needs Linux");
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
let good = 0;
let played = 0;
const ends: number[] = [];
const leavings: number[] = [];
const strays: number[] = [];

console.log(`seed ${seed}, ${rounds} rounds, ${jobs} at once`);
await claudePath({ onInstall: (name) => console.log(`installing ${name}`) });
const last = next + rounds - 1;
await Promise.all(Array.from({ length: jobs }, work));
report();

function number(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`not a number: ${text}`);
  Deno.exit(2);
}

async function work(): Promise<void> {
  while (next <= last && !abort.signal.aborted) {
    const round = makeRound(seed, next++);
    const outcomes = await playRound(round, CONTRACT, abort.signal);
    if (!abort.signal.aborted) tell(round, outcomes);
  }
}

function tell(round: Round, outcomes: readonly Outcome[]): void {
  played++;
  for (const { endMs, leftMs, strayMs } of outcomes) {
    if (endMs !== undefined) ends.push(endMs);
    if (leftMs !== undefined) leavings.push(leftMs);
    if (strayMs !== undefined) strays.push(strayMs);
  }
  const isGood = outcomes.every(({ complaints }) => complaints.length === 0);
  if (isGood) good++;
  const name = `round ${String(round.number).padStart(String(last).length)}`;
  const what = round.runs.map(describeRun).join(`\n${" ".repeat(name.length)}   beside `);
  console.log(`${name} ${isGood ? "✓" : "✗"} ${what}`);
  if (isGood) return;
  for (const [index, { complaints, evidence }] of outcomes.entries()) {
    const run = `run ${index + 1} of ${outcomes.length}`;
    console.log(`--- seed ${seed}, round ${round.number}, ${run}`);
    for (const complaint of complaints) console.log(`WRONG: ${complaint}`);
    console.log(evidence);
  }
  console.log(`--- again: deno task chaos --seed ${seed} --only ${round.number}`);
  console.log(JSON.stringify(round));
}

function report(): never {
  const worst = (times: readonly number[]) => Math.round(Math.max(0, ...times));
  console.log(
    `at worst, ccrun ended ${worst(ends)} ms after the grace, and nothing was left ` +
      `${worst(leavings)} ms after that; where it was killed, ${worst(strays)} ms after the grace`,
  );
  console.log(`${good} of ${rounds} (seed ${seed})`);
  if (abort.signal.aborted) {
    console.log(`interrupted after ${played}`);
    Deno.exit(INTERRUPTED);
  }
  Deno.exit(good === rounds ? 0 : 1);
}
