/**
 * Kills `ccrun batch` at random moments, continues it, and checks that no task is lost or repeated and that
 * nothing is left behind.
 *
 *     deno task chaos:batch [ROUNDS] [--seed S] [--only ROUND]
 *
 * @module
 */

import { describeBatchRound, planBatchRound } from "./batch_plan.ts";
import { runBatchRound } from "./batch_round.ts";
import { readRounds } from "./rounds.ts";

const DEFAULT_ROUNDS = 50;

const { seed, numbers: rounds } = readRounds(DEFAULT_ROUNDS);

console.log(`seed ${seed}, ${rounds.length} rounds`);
let passed = 0;
for (const number of rounds) {
  const round = planBatchRound(seed, number);
  const { problems, evidence } = await runBatchRound(round);
  const hasPassed = problems.length === 0;
  console.log(`round ${number} ${hasPassed ? "✓" : "✗"} ${describeBatchRound(round)}`);
  if (hasPassed) {
    passed++;
    continue;
  }
  for (const problem of problems) console.log(`PROBLEM: ${problem}`);
  console.log(evidence);
  console.log(`--- to repeat: deno task chaos:batch --seed ${seed} --only ${number}`);
}
console.log(`${passed} of ${rounds.length} rounds passed (seed ${seed})`);
Deno.exit(passed > 0 && passed === rounds.length ? 0 : 1);
