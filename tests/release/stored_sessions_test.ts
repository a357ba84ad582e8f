/**
 * Reads the sessions back that the real Claude Code has stored, and compares them with the live runs.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { message, type Reply, subagent, text, thinking, toolUse } from "../support/api_reply.ts";
import { runCcrun } from "../support/ccrun.ts";
import { sinceClaude } from "../support/claude.ts";
import { conversationsIn } from "../support/conversations.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import {
  bash,
  checked,
  eventOf,
  type JsonRun,
  SKIP,
  toolStarted,
  withScene,
} from "../e2e/scene.ts";

const NEEDS = sinceClaude("2.1.330", "older versions do not record what a session cost");

/** Returns the tokens, which the messages of a live run do not state completely. */
function totals(runs: readonly JsonRun[]) {
  const sum = { input: 0, output: 0 };
  for (const { exit } of runs) {
    sum.input += exit.usage?.input ?? NaN;
    sum.output += exit.usage?.output ?? NaN;
  }
  return sum;
}

async function replay(sandbox: Sandbox, ...args: string[]): Promise<JsonRun> {
  return checked(await runCcrun(["replay", "--json", ...args], { sandbox }));
}

testWith(
  NEEDS,
  "a stored session has the events of its runs, with their tokens and cost",
  async () => {
    let project = "";
    const reply = (request: { turn: number }) => {
      const replies = [
        message(thinking("Let me look."), text("I look around."), bash("ls")),
        toolUse("Read", { file_path: `${project}/greet.js` }),
        toolUse("Edit", {
          file_path: `${project}/greet.js`,
          old_string: "Hello",
          new_string: "Hi",
        }),
        bash("echo oops >&2; exit 3"),
        subagent({ prompt: "Look for ALPHA.", background: false }),
        subagent({ prompt: "Look for BETA.", background: true }),
        text("I wait for it."),
        text("All **done**."),
      ];
      return replies[request.turn] ?? text("Compacted.");
    };
    const subagents = {
      ALPHA: [message(text("I look."), bash("echo inner")), text("Here is alpha.")],
      BETA: [bash("echo inner"), text("Here is beta.")],
    };
    await withScene(Array<Reply>(9).fill(reply), async ({ sandbox, json }) => {
      project = sandbox.project;
      const runs = [
        await json([SKIP, "Do it."]),
        await json(["--continue", SKIP, "/compact"]),
        await json(["--continue", SKIP, "Again."]),
      ];
      const stored = await replay(sandbox, "last");
      const live = runs.flatMap(({ events }) => events);
      assertEquals(conversationsIn(stored.events), conversationsIn(live));
      const prompts = stored.events.flatMap((event) =>
        event.type === "user_text" && event.kind === "prompt" ? [event.text] : []
      );
      assertEquals(prompts, ["Do it.", "/compact", "Again."]);
      const { exit } = stored;
      assertEquals([exit.ok, exit.reason, exit.code], [true, "success", 0]);
      assertEquals({ input: exit.usage?.input, output: exit.usage?.output }, totals(runs));
      assertEquals(exit.session_id, runs[0]?.exit.session_id);
      const cost = runs.reduce((sum, { exit }) => sum + (exit.cost_usd ?? NaN), 0);
      assert(Math.abs((exit.cost_usd ?? NaN) - cost) < 1e-6, `${exit.cost_usd} is not ${cost}`);

      const id = exit.session_id ?? "";
      for (const source of [id, id.slice(0, 8), "Do it."]) {
        const { stdout, code } = await runCcrun(["replay", "-q", source], { sandbox });
        assertEquals([code, stdout], [0, "I wait for it.\n\nAll **done**.\n"], source);
      }
      const page = await runCcrun(["replay", "--format", "html", id], { sandbox });
      assertStringIncludes(page.stdout, "Content-Security-Policy");
      const markdown = await runCcrun(["replay", "--format", "markdown", id], { sandbox });
      assertStringIncludes(markdown.stdout, "Again.");
    }, { subagents });
  },
);

Deno.test("a session that was killed has no outcome", async () => {
  await withScene([bash("touch started; sleep 60")], async ({ sandbox, start }) => {
    await using run = await start(["--json", SKIP, "Wait."]);
    await toolStarted(sandbox);
    run.kill("SIGKILL");
    await run.finished;
    await sandbox.assertNothingLeft();
    const stored = await replay(sandbox, "last");
    assertEquals([stored.code, stored.exit.ok, stored.exit.reason], [0, null, null]);
    assertStringIncludes(stored.stderr + stored.stdout, "no result recorded");
    assertEquals(eventOf(stored, "tool_use").name, "Bash");
  });
});
