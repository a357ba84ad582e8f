/**
 * Cost, tokens and turns: those of the run itself, and unknown instead of 0.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { message, subagent, text } from "../support/api_reply.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { bash, SKIP, withScene } from "./scene.ts";

Deno.test("equal runs on one session have equal numbers", async () => {
  await withScene([text("Yes.")], async ({ json }) => {
    const first = await json(["One?"]);
    const id = first.exit.session_id;
    assert(id !== undefined);
    const numbersOf = ({ exit }: typeof first) => [exit.turns, exit.cost_usd, exit.usage];
    assert(first.exit.cost_usd !== null && first.exit.cost_usd > 0);
    for (const options of [[], ["--fork"]]) {
      const next = await json(["--resume", id, ...options, "And now?"]);
      if (!claudeAtLeast("2.1.0")) continue; // It counts a request for a title in the first run.
      assertEquals(numbersOf(next), numbersOf(first), options.join());
    }
  });
});

Deno.test("the tokens include those of subagents, as the cost does", async () => {
  const replies = [
    subagent({ prompt: "Look for ALPHA." }),
    text("Found."),
    text("Found, as reported."),
  ];
  const subagents = { ALPHA: [bash("echo inner"), text("Here is alpha.")] };
  await withScene(replies, async ({ json }) => {
    const { exit } = await json([SKIP, "Find it."]);
    assert(exit.usage !== null && exit.models !== undefined);
    const inModels = Object.values(exit.models).reduce((sum, { output }) => sum + output, 0);
    assertEquals(exit.usage.output, inModels);
    assert(exit.usage.output >= 4 * 42, `${exit.usage.output} tokens of at least 4 messages`);
  }, { subagents });
});

Deno.test("a run that was killed has the tokens of its messages, and no cost", async () => {
  const started = Promise.withResolvers<void>();
  const replies = [
    message(text("Look."), bash("echo hi")),
    () => {
      started.resolve();
      return { type: "hang" } as const;
    },
  ];
  await withScene(replies, async ({ start, sandbox }) => {
    const files = { GITHUB_OUTPUT: `${sandbox.root}/outputs`, GITHUB_ACTIONS: "true" };
    await using ccrun = await start(
      ["--result", "run.json", "--summary", "run.md", "--grace", "0s", SKIP, "Go."],
      { env: files },
    );
    await started.promise;
    ccrun.kill("SIGTERM");
    const { code, stderr } = await ccrun.finished;
    assertEquals(code, 143, stderr);
    const { exit } = JSON.parse(await Deno.readTextFile(`${sandbox.project}/run.json`));
    assertEquals([exit.turns, exit.cost_usd, exit.usage?.input], [1, null, 120]);
    assertStringIncludes(stderr, "cost unknown");
    assertStringIncludes(await Deno.readTextFile(`${sandbox.project}/run.md`), "cost unknown");
    const outputs = await Deno.readTextFile(files.GITHUB_OUTPUT);
    const [, delimiter] = /cost_usd<<(\S+)/.exec(outputs) ?? [];
    assertStringIncludes(outputs, `cost_usd<<${delimiter}\n${delimiter}\n`);
  });
});
