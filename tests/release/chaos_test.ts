/**
 * Runs a few rounds of chaos. `deno task chaos 200` runs more.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { testWith } from "../support/test_with.ts";
import { describeRun, planRound } from "../chaos/round.ts";
import { runRound } from "../chaos/run_round.ts";
import type { Limits } from "../chaos/check_run.ts";

/** The first rounds of this seed cover all signals and most moments, with few runs of the real claude. */
const SEED = 44686;

const ROUNDS = 8;

/** Only a hang fails here, because other tests keep the machine busy. */
const RELAXED_LIMITS: Limits = {
  leftoverMs: 30_000,
  endMs: 30_000,
  zombieMs: 30_000,
  removedMs: 30_000,
};

const NO_PROC = Deno.build.os === "linux" ? undefined : "no /proc";

Deno.test("planRound returns the same plans for the same seed only", () => {
  assertEquals(planRound(7, 3), planRound(7, 3));
  const plan = [planRound(7, 3), planRound(7, 4), planRound(8, 3)];
  assertEquals(new Set(plan.map(({ runs }) => JSON.stringify(runs))).size, 3);
});

for (let number = 1; number <= ROUNDS; number++) {
  const round = planRound(SEED, number);
  const runs = round.runs.map(describeRun).join("; and ");
  testWith(
    { commands: ["setsid", "nohup"], unless: NO_PROC },
    `ccrun leaves nothing behind, round ${number} of seed ${SEED}: ${runs}`,
    async () => {
      for (const { problems, evidence } of await runRound(round, RELAXED_LIMITS)) {
        assertEquals(problems, [], evidence);
      }
    },
  );
}
