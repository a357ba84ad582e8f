/**
 * Sends random requests and signals to `ccrun serve`, kills its claudes, and checks that it answers every
 * request once and leaves nothing behind.
 *
 *     deno task chaos:serve [ROUNDS] [--seed S] [--only ROUND]
 *
 * @module
 */

import { readRounds } from "./rounds.ts";
import { describeServeRound, planServeRound, runServeRound } from "./serve_round.ts";

const DEFAULT_ROUNDS = 100;

/** Rounds at the same time. */
const JOBS = 2;

const { seed, numbers: rounds } = readRounds(DEFAULT_ROUNDS);

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
