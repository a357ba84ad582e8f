/**
 * Limits on turns and on what a run may cost.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { message, text } from "../support/api_reply.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { bash, eventOf, eventsOf, SKIP, withScene } from "./scene.ts";

Deno.test("ccrun exits with 5 at --max-turns, and prints how to resume", async () => {
  await withScene([bash("echo one"), text("Never.")], async ({ claude, json, turns }) => {
    const events = await json([SKIP, "--max-turns", "1", "Do it."]);
    assertEquals([events.code, events.exit.reason], [5, "limit"]);
    assertEquals(eventOf(events, "result").subtype, "error_max_turns");
    const { error } = eventOf(events, "error");
    assertMatch(error.message, /maximum number of turns|turn limit was reached/);
    const hint =
      `raise --max-turns; resume with: ccrun --resume ${events.exit.session_id} --claude ${claude} ${SKIP} "..."`;
    assertEquals(error.hint, hint);
    assertStringIncludes(events.stderr, `ccrun: ${hint}\n`);
    assertEquals(eventsOf(events, "tool_result").map(({ text }) => text), ["one"]);
    assertEquals(turns().length, 1);
  });
});

Deno.test("ccrun exits with 5 at --max-budget-usd, with the tokens that were paid for", async () => {
  const costly = { usage: { input_tokens: 200_000, output_tokens: 20_000 } };
  const replies = [message(bash("echo one"), costly), message(bash("echo two"), costly)];
  await withScene(replies, async ({ json }) => {
    const events = await json([SKIP, "--max-budget-usd", "1", "Do it."]);
    if (!claudeAtLeast("2.1.0")) {
      assertEquals(events.code, 2);
      const { error } = eventOf(events, "error");
      assertStringIncludes(error.message, "unknown option '--max-budget-usd");
      assertStringIncludes(error.hint ?? "", "update Claude Code");
      return;
    }
    assertEquals([events.code, events.exit.reason], [5, "limit"]);
    assertEquals(eventOf(events, "result").subtype, "error_max_budget_usd");
    assertStringIncludes(eventOf(events, "error").error.hint ?? "", "raise --max-budget-usd; ");
    assertStringIncludes(events.stderr, "ccrun: error: Reached maximum budget ($1)\n");
    const { usage, cost_usd: cost } = events.exit;
    assert(usage !== null && usage.output >= 20_000, JSON.stringify(usage));
    assert(cost !== null && cost > 1 && cost === Number(cost.toFixed(6)), `${cost}`);
  });
});
