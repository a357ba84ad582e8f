/**
 * A dozen rounds of chaos; `deno task chaos 200` plays more.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { testWith } from "../support/test_with.ts";
import { describeRun, makeRound } from "./choices.ts";
import { playRound } from "./play.ts";
import type { Limits } from "./verdict.ts";

/** Chosen because its first rounds have a bit of everything. */
const SEED = 14523;

const ROUNDS = 12;

/** Here only what hangs is too late: other tests keep the machine busy meanwhile. */
const UNHURRIED: Limits = {
  strayMs: 30_000,
  endMs: 30_000,
  zombieMs: 30_000,
  removedMs: 30_000,
};

/** Elsewhere there is no /proc to see what is left. */
const NO_PROC = Deno.build.os === "linux" ? undefined : "no /proc here";

Deno.test("makeRound chooses the same for the same seed, and something else for another", () => {
  assertEquals(makeRound(7, 3), makeRound(7, 3));
  const choices = [makeRound(7, 3), makeRound(7, 4), makeRound(8, 3)];
  assertEquals(new Set(choices.map(({ runs }) => JSON.stringify(runs))).size, 3);
});

for (let number = 1; number <= ROUNDS; number++) {
  const round = makeRound(SEED, number);
  const what = round.runs.map(describeRun).join("; beside ");
  testWith(
    { commands: ["setsid", "nohup"], unless: NO_PROC },
    `ccrun leaves nothing behind, round ${number} of seed ${SEED}: ${what}`,
    async () => {
      for (const { complaints, evidence } of await playRound(round, UNHURRIED)) {
        assertEquals(complaints, [], evidence);
      }
    },
  );
}
