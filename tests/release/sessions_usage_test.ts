/**
 * Compares what `ccrun sessions` adds up with what the runs of the real Claude Code reported.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { addUsage, NO_USAGE } from "../../lib/events.ts";
import { roundCost } from "../../lib/util/cost.ts";
import { type JsonRun, SKIP, withScene } from "../e2e/scene.ts";
import { subagent, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { runCcrun } from "../support/ccrun.ts";
import { sinceClaude } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";

const SUBAGENT_PROMPT = "Look for it.";

/** Answers each prompt, the first one after a subagent. */
function respond(request: ApiRequest) {
  if (request.userText.includes("First") && !hasResult(request)) {
    return subagent({ prompt: SUBAGENT_PROMPT, description: "Find it", background: false });
  }
  return text("Done.");
}

function hasResult({ body }: ApiRequest): boolean {
  return JSON.stringify(body.messages).includes("tool_result");
}

testWith(
  sinceClaude("2.1.330", "this version records no costs"),
  "the totals of a session, its fork and a worktree equal what their runs reported",
  async () => {
    await withScene(respond, async ({ sandbox, json }) => {
      const worktree = `${sandbox.root}/worktree`;
      await Deno.mkdir(worktree);
      const first = await json([SKIP, "First."]);
      const id = first.exit.session_id ?? "";
      const runs: JsonRun[] = [
        first,
        await json([SKIP, "--resume", id, "--fork", "Forked."], { forkedFrom: id }),
        await json([SKIP, "--resume", id, "Resumed."]),
        await json([SKIP, "-C", worktree, "Elsewhere."]),
      ];
      const total = async (...args: string[]) => {
        const { stdout } = await runCcrun(["sessions", "--json", "--total", ...args], { sandbox });
        return JSON.parse(stdout);
      };
      const usage = runs.map(({ exit }) => exit.usage ?? NO_USAGE).reduce(addUsage, NO_USAGE);
      const cost = runs.reduce((sum, { exit }) => sum + (exit.cost_usd ?? NaN), 0);
      assertEquals(await total("--all"), [
        { sessions: 3, usage, cost_usd: roundCost(cost), sessions_without_cost: 0 },
      ]);
      const workspaces = await total("--all", "--by", "workspace");
      assertEquals(
        workspaces.map(({ workspace, sessions }: Record<string, unknown>) => [workspace, sessions]),
        [[sandbox.project, 2], [worktree, 1]],
      );
      const [model] = await total("--all", "--by", "model");
      assertEquals(model.model, Object.keys(first.exit.models ?? {})[0]);
    });
  },
);
