/**
 * Subagents: in the foreground, in parallel, nested, and in the background.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Block, hold, message, subAgent, text } from "../support/api_reply.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventsOf, type JsonRun, SKIP, untimed, withScene } from "./scene.ts";

/** What versions before 2.1 do not have. */
const NEWER = claudeAtLeast("2.1.0") ? undefined : "Claude Code 2.0 has no such sub-agents";

/** The tool that starts a sub-agent. */
const TOOL = claudeAtLeast("2.1.0") ? "Agent" : "Task ";

function agent(name: string, background = false): Block {
  return subAgent({ prompt: `Look for ${name}.`, description: `Find ${name}`, background });
}

/** The id of the call that started the sub-agent of this name. */
function callOf(run: JsonRun, name: string): string {
  const call = eventsOf(run, "tool_use").find(({ input }) => input.description === `Find ${name}`);
  assert(call !== undefined, `no call of ${name}`);
  return call.id;
}

Deno.test("ccrun shows the events of a subagent below the call that started it", async () => {
  const replies = [agent("ALPHA"), text("It was found.")];
  const subagents = { ALPHA: [bash("echo inner"), text("Here is alpha.")] };
  await withScene(replies, async ({ json, run }) => {
    const events = await json([SKIP, "Find it."]);
    assertEquals([events.code, events.stderr], [0, ""]);
    const call = callOf(events, "ALPHA");
    const inner = events.events.filter(({ parent_tool_use_id: parent }) => parent === call);
    const [use, result] = inner.filter(({ type }) => type.startsWith("tool_"));
    assert(use?.type === "tool_use" && result?.type === "tool_result");
    assertEquals([use.name, result.name, result.text], ["Bash", "Bash", "inner"]);
    assertEquals(result.tool_use_id, use.id);
    const outer = eventsOf(events, "tool_result").find(({ tool_use_id: id }) => id === call);
    assertEquals([outer?.text, outer?.parent_tool_use_id], ["Here is alpha.", undefined]);
    assert((outer?.seq ?? 0) > result.seq);

    const pretty = await run([SKIP, "Find it."]);
    assertEquals([pretty.code, pretty.stdout], [0, "It was found.\n"]);
    assertStringIncludes(
      untimed(pretty.stderr),
      `● ${TOOL} Find ALPHA  (general-purpose)
│ ● Bash  echo inner
│   └ inner
✓ ${TOOL} Find ALPHA
  └ Here is alpha.
`,
    );
  }, { subagents });
});

Deno.test("ccrun separates parallel subagents", async () => {
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
    const events = await json([SKIP, "Find them."]);
    for (const [name, output] of [["ALPHA", "inner-a"], ["BETA", "inner-b"]] as const) {
      const call = callOf(events, name);
      const inner = eventsOf(events, "tool_result").filter(({ parent_tool_use_id: parent }) =>
        parent === call
      );
      assertEquals(inner.map(({ text }) => text), [output]);
      const result = eventsOf(events, "tool_result").find(({ tool_use_id: id }) => id === call);
      assertEquals(result?.text, `Here is ${name.toLowerCase()}.`);
    }
    assertEquals(eventsOf(events, "result").map(({ text }) => text), ["Both were found."]);
  }, { subagents });
});

testWith({ unless: NEWER }, "ccrun shows a nested subagent", async () => {
  const subagents = {
    ALPHA: [agent("BETA"), text("Alpha, with beta.")],
    BETA: [bash("echo deep"), text("Here is beta.")],
  };
  await withScene([agent("ALPHA"), text("It was found.")], async ({ json, run }) => {
    const events = await json([SKIP, "Find it."]);
    const [alpha, beta] = [callOf(events, "ALPHA"), callOf(events, "BETA")];
    const results = eventsOf(events, "tool_result");
    const ofBeta = results.find(({ tool_use_id: id }) => id === beta);
    assertEquals([ofBeta?.parent_tool_use_id, ofBeta?.text], [alpha, "Here is beta."]);
    const ofAlpha = results.find(({ tool_use_id: id }) => id === alpha);
    assertEquals([ofAlpha?.parent_tool_use_id, ofAlpha?.text], [undefined, "Alpha, with beta."]);

    const pretty = await run([SKIP, "Find it."]);
    assertStringIncludes(
      untimed(pretty.stderr),
      `● Agent Find ALPHA  (general-purpose)
│ ● Agent Find BETA  (general-purpose)
│   └ Here is beta.
✓ Agent Find ALPHA
  └ Alpha, with beta.
`,
    );
  }, { subagents });
});

testWith(
  { unless: NEWER },
  "ccrun waits for a background subagent, and the last result is the answer",
  async () => {
    const answered = Promise.withResolvers<void>();
    const replies = [
      agent("ALPHA", true),
      () => {
        answered.resolve();
        return text("I started it.");
      },
      text("Now it is finished."),
    ];
    const subagents = {
      ALPHA: [bash("echo inner"), hold(answered.promise, text("Here is alpha."))],
    };
    await withScene(replies, async ({ json, run }) => {
      const events = await json([SKIP, "Find it."]);
      assertEquals([events.code, events.stderr], [0, ""]);
      const results = eventsOf(events, "result");
      assertEquals(results.map(({ text }) => text), ["I started it.", "Now it is finished."]);
      const [first, last] = results;
      assert(first !== undefined && last !== undefined);
      // The cost accumulates from result to result; turns and tokens do not.
      assertEquals(events.exit.cost_usd, last.cost_usd);
      assertEquals(events.exit.turns, first.turns + last.turns);
      assertEquals(events.exit.usage.output, first.usage.output + last.usage.output);
      const call = callOf(events, "ALPHA");
      const task = eventsOf(events, "task").filter(({ tool_use_id: id }) => id === call);
      assertEquals([task[0]?.status, task.at(-1)?.status], ["started", "completed"]);
      const inner = events.events.filter(({ parent_tool_use_id: parent }) => parent === call);
      const said = inner.flatMap((event) => event.type === "text" ? [event.text] : []);
      assertEquals(said, ["Here is alpha."]);

      const quiet = await run(["-q", SKIP, "Find it."]);
      assertEquals([quiet.code, quiet.stdout, quiet.stderr], [0, "Now it is finished.\n", ""]);
      const pretty = await run([SKIP, "Find it."]);
      assertEquals([pretty.code, pretty.stdout], [0, "Now it is finished.\n"]);
      assertStringIncludes(pretty.stderr, "\nI started it.\n");
      assertStringIncludes(pretty.stderr, "│ Here is alpha.\n");
      assert(!pretty.stderr.includes("Now it is finished."), pretty.stderr);
    }, { subagents });
  },
);
