/**
 * Runs a few rounds of chaos for `ccrun serve`. `deno task chaos:serve 100` runs more.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { testWith } from "../support/test_with.ts";
import { describeServeRound, planServeRound, runServeRound } from "../chaos/serve_round.ts";

/** The first rounds of this seed cover all endings, and kill claudes and guardians. */
const SEED = 36;

const ROUNDS = 10;

Deno.test("planServeRound returns the same plans for the same seed only", () => {
  assertEquals(planServeRound(7, 3), planServeRound(7, 3));
  const plans = [planServeRound(7, 3), planServeRound(7, 4), planServeRound(8, 3)];
  assertEquals(new Set(plans.map((plan) => JSON.stringify(plan))).size, 3);
});

const NO_PROC = Deno.build.os === "linux" ? undefined : "no /proc";

for (let number = 1; number <= ROUNDS; number++) {
  const round = planServeRound(SEED, number);
  testWith(
    { commands: ["setsid", "nohup"], unless: NO_PROC },
    `every request is answered once, round ${number} of seed ${SEED}: ${describeServeRound(round)}`,
    async () => {
      const { problems, evidence } = await runServeRound(round);
      assertEquals(problems, [], evidence);
    },
  );
}
