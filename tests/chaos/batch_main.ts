/**
 * Kills `ccrun batch` at random moments, continues it, and checks that no task is lost or repeated and that
 * nothing is left behind.
 *
 *     deno task chaos:batch [ROUNDS] [--seed S] [--only ROUND]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { describeBatchRound, planBatchRound } from "./batch_plan.ts";
import { runBatchRound } from "./batch_round.ts";

const DEFAULT_ROUNDS = 50;

const SEED_LIMIT = 1_000_000;

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
