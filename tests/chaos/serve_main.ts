/**
 * Sends random requests and signals to `ccrun serve`, kills its claudes, and checks that it answers every
 * request once and leaves nothing behind.
 *
 *     deno task chaos:serve [ROUNDS] [--seed S] [--only ROUND]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { describeServeRound, planServeRound, runServeRound } from "./serve_round.ts";

const DEFAULT_ROUNDS = 100;

const SEED_LIMIT = 1_000_000;

/** Rounds at the same time. */
const JOBS = 2;

if (Deno.build.os !== "linux") {
  console.error("chaos reads /proc, so it needs Linux");
  Deno.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, only: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * SEED_LIMIT));
const rounds = values.only === undefined
  ? Array.from({ length: Number(positionals[0] ?? DEFAULT_ROUNDS) }, (_, index) => index + 1)
  : [Number(values.only)];

console.log(`seed ${seed}, ${rounds.length} rounds`);
let passed = 0;
await Promise.all(Array.from({ length: JOBS }, work));
console.log(`${passed} rounds passed (seed ${seed})`);
Deno.exit(rounds.length === 0 && passed > 0 ? Deno.exitCode : 1);

async function work(): Promise<void> {
  for (let number = rounds.shift(); number !== undefined; number = rounds.shift()) {
    const round = planServeRound(seed, number);
    const { problems, evidence } = await runServeRound(round);
    const hasPassed = problems.length === 0;
    console.log(`round ${number} ${hasPassed ? "✓" : "✗"} ${describeServeRound(round)}`);
    if (hasPassed) {
      passed++;
      continue;
    }
    Deno.exitCode = 1;
    for (const problem of problems) console.log(`PROBLEM: ${problem}`);
    console.log(evidence);
    console.log(`--- to repeat: deno task chaos:serve --seed ${seed} --only ${number}`);
  }
}
