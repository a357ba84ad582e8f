/**
 * Runs that wait for a usage limit, or continue after a failure of the API.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { apiError, inOrder, text } from "../support/api_reply.ts";
import { sinceClaude } from "../support/claude.ts";
import { limitReached, PLAN_ENV } from "../support/plan_limit.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventsOf, SKIP, withScene } from "./scene.ts";

const NEWER = sinceClaude(
  "2.1.0",
  "Claude Code 2.0 retries itself, and does not report when a limit is reset",
);

const OVERLOADED = apiError(529, "overloaded_error", "Overloaded");

testWith(
  NEWER,
  "ccrun --attempts resumes the session after an overload, with the numbers of all attempts",
  async () => {
    const replies = inOrder([bash("echo one"), OVERLOADED, text("All done.")]);
    await withScene(replies, async ({ json, turns }) => {
      const events = await json([SKIP, "--attempts", "2", "--max-retries", "0", "Do it."]);
      const { exit } = events;
      assertEquals([events.code, exit.reason], [0, "success"]);
      assertEquals(eventsOf(events, "result").at(-1)?.answer, "All done.");
      const [waiting, ...others] = eventsOf(events, "waiting");
      assertEquals([waiting?.reason, waiting?.attempt, others], ["api", 2, []]);
      // Three requests, of which the API answered two.
      const last = turns().at(-1);
      assertEquals(turns().length, 3);
      assertEquals(last?.firstPrompt.includes("Do it."), true);
      const [first, second] = eventsOf(events, "result");
      assert(first !== undefined && second !== undefined);
      assertEquals(first.session_id, second.session_id);
      assertEquals(exit.turns, (first.turns ?? NaN) + (second.turns ?? NaN));
      const cost = (first.cost_usd ?? NaN) + (second.cost_usd ?? NaN);
      assertEquals(exit.cost_usd, Number(cost.toFixed(6)));
      assert(cost > 0);
    });
  },
);

testWith(
  NEWER,
  "ccrun --wait-for-limit continues when the limit of the plan is reset",
  async () => {
    let resetsAt = 0;
    const limit = () => limitReached(resetsAt = Date.now() + 1_500);
    const replies = inOrder([bash("echo one"), limit, text("All done.")]);
    await withScene(replies, async ({ run }) => {
      const args = [SKIP, "--wait-for-limit", "1h", "--timeout", "1m", "Do it."];
      const { code, stdout, stderr } = await run(args, { env: PLAN_ENV });
      assertEquals([code, stdout], [0, "All done.\n"], stderr);
      assert(Date.now() >= resetsAt);
      assertMatch(stderr, /waiting: until 20\d\d-.*limit/);
    });
  },
);

testWith(
  NEWER,
  "ccrun waits with a line on stderr even if it is quiet, and Ctrl-C ends the wait",
  async () => {
    const limit = limitReached(Date.now() + 7_200_000);
    const replies = inOrder([bash("echo one"), limit, text("Resumed.")]);
    await withScene(replies, async ({ start, run }) => {
      const args = ["-q", SKIP, "--wait-for-limit", "5h"];
      await using process = await start([...args, "Do it."], { env: PLAN_ENV });
      await process.stderrUntil("waiting: until 20");
      process.kill("SIGINT");
      const { code, stdout, stderr } = await process.finished;
      assertEquals([code, stdout], [130, ""], stderr);
      const id = /--resume ([\w-]+)/.exec(stderr)?.[1] ?? "";
      const resumed = await run([...args, "--resume", id, "Go on."], { env: PLAN_ENV });
      assertEquals([resumed.code, resumed.stdout], [0, "Resumed.\n"], resumed.stderr);
    });
  },
);

testWith(NEWER, "ccrun does not wait for a limit that is reset too late", async () => {
  await withScene([limitReached(Date.now() + 7_200_000)], async ({ run }) => {
    const args = ["--wait-for-limit", "1h", "Do it."];
    const { code, stderr } = await run(args, { env: PLAN_ENV });
    assertEquals(code, 8, stderr);
    assertStringIncludes(stderr, "ccrun waits no longer than --wait-for-limit 1h");
  });
});
