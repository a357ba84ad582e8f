/**
 * Parallel and nested subagents.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Block, hold, message, subagent, text } from "../support/api_reply.ts";
import { sinceClaude } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventsOf, type JsonRun, SKIP, withScene } from "./scene.ts";

const NEEDS = sinceClaude("2.1.0", "Claude Code 2.0 has no nested subagents");

/** Returns a call that starts a subagent. */
function agent(name: string): Block {
  return subagent({ prompt: `Look for ${name}.`, description: `Find ${name}`, background: false });
}

/** Returns the id of the call that started the subagent of this name. */
function callOf(run: JsonRun, name: string): string {
  const call = eventsOf(run, "tool_use").find(({ input }) => input.description === `Find ${name}`);
  assert(call !== undefined, `no call of ${name}`);
  return call.id;
}

Deno.test("ccrun assigns the events of parallel subagents to the calls that started them", async () => {
  // ALPHA continues when BETA has its result, so they interleave.
  const beta = Promise.withResolvers<void>();
  const subagents = {
    ALPHA: [bash("echo inner-a"), hold(beta.promise, text("Here is alpha."))],
    BETA: [
      bash("echo inner-b"),
      () => {
        beta.resolve();
        return text("Here is beta.");
      },
    ],
  };
  const replies = [message(agent("ALPHA"), agent("BETA")), text("Both were found.")];
  await withScene(replies, async ({ json }) => {
    const run = await json([SKIP, "Find them."]);
    assertEquals([run.code, run.stderr], [0, ""]);
    for (const [name, output] of [["ALPHA", "inner-a"], ["BETA", "inner-b"]] as const) {
      const call = callOf(run, name);
      const inner = run.events.filter(({ parent_tool_use_id: parent }) => parent === call);
      const [use, result, ...others] = inner.filter(({ type }) => type.startsWith("tool_"));
      assert(use?.type === "tool_use" && result?.type === "tool_result" && others.length === 0);
      assertEquals([use.name, result.name, result.text], ["Bash", "Bash", output]);
      assertEquals(result.tool_use_id, use.id);
      const outer = eventsOf(run, "tool_result").find(({ tool_use_id: id }) => id === call);
      const answer = `Here is ${name.toLowerCase()}.`;
      assertEquals([outer?.text, outer?.parent_tool_use_id], [answer, undefined]);
      assert((outer?.seq ?? 0) > result.seq);
    }
    assertEquals(eventsOf(run, "result").map(({ text }) => text), ["Both were found."]);
  }, { subagents });
});

testWith(
  NEEDS,
  "ccrun assigns the result of a nested subagent to the outer one",
  async () => {
    const subagents = {
      ALPHA: [agent("BETA"), text("Alpha, with beta.")],
      BETA: [bash("echo deep"), text("Here is beta.")],
    };
    await withScene([agent("ALPHA"), text("It was found.")], async ({ json }) => {
      const events = await json([SKIP, "Find it."]);
      const [alpha, beta] = [callOf(events, "ALPHA"), callOf(events, "BETA")];
      const results = eventsOf(events, "tool_result");
      const ofBeta = results.find(({ tool_use_id: id }) => id === beta);
      assertEquals([ofBeta?.parent_tool_use_id, ofBeta?.text], [alpha, "Here is beta."]);
      const ofAlpha = results.find(({ tool_use_id: id }) => id === alpha);
      assertEquals([ofAlpha?.parent_tool_use_id, ofAlpha?.text], [undefined, "Alpha, with beta."]);
    }, { subagents });
  },
);
