/**
 * Limits on turns and on what a run may cost.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { text } from "../support/api_reply.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { bash, eventOf, eventsOf, SKIP, withScene } from "./scene.ts";

const REPLIES = [bash("echo one"), bash("echo two"), text("Never.")];

Deno.test("ccrun exits with 5 at --max-turns, and prints how to resume", async () => {
  await withScene(REPLIES, async ({ claude, json, turns }) => {
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

    // The hint works: the same session, with the turns that it needs.
    const resumed = await json([
      SKIP,
      "--resume",
      events.exit.session_id ?? "",
      "--max-turns=5",
      "Go on.",
    ]);
    assertEquals([resumed.code, resumed.exit.session_id], [0, events.exit.session_id]);
  });
});

Deno.test("ccrun exits with 5 at --max-budget-usd", async () => {
  await withScene(REPLIES, async ({ json }) => {
    const events = await json([SKIP, "--max-budget-usd", "0.001", "Do it."]);
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
    assertStringIncludes(events.stderr, "ccrun: error: Reached maximum budget ($0.001)\n");
  });
});
