/**
 * Runs a few rounds of chaos for `ccrun batch`. `deno task chaos:batch 50` runs more.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { describeBatchRound, planBatchRound } from "../chaos/batch_plan.ts";
import { runBatchRound } from "../chaos/batch_round.ts";
import { testWith } from "../support/test_with.ts";

/** The first rounds of this seed kill at all moments, with and without worktrees. */
const SEED = 36;

const ROUNDS = 4;

Deno.test("planBatchRound returns the same plans for the same seed only", () => {
  assertEquals(planBatchRound(7, 3), planBatchRound(7, 3));
  const plans = [planBatchRound(7, 3), planBatchRound(7, 4), planBatchRound(8, 3)];
  assertEquals(new Set(plans.map((plan) => JSON.stringify(plan.tasks))).size, 3);
});

const NO_PROC = Deno.build.os === "linux" ? undefined : "no /proc";

for (let number = 1; number <= ROUNDS; number++) {
  const round = planBatchRound(SEED, number);
  testWith(
    { commands: ["git", "setsid", "nohup"], unless: NO_PROC },
    `every task succeeds once, round ${number} of seed ${SEED}: ${describeBatchRound(round)}`,
    async () => {
      const { problems, evidence } = await runBatchRound(round);
      assertEquals(problems, [], evidence);
    },
  );
}
