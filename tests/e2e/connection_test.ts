/**
 * Several prompts for one process of the real Claude Code.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Normalizer } from "../../lib/claude/normalizer.ts";
import { createEventFactory } from "../../lib/events.ts";
import { Connection } from "../../lib/run/connection.ts";
import { planLaunch, prepareLaunch } from "../../lib/run/launch.ts";
import { createPrivateFiles } from "../../lib/util/private_files.ts";
import { text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { assertNothingLeft, withScene } from "./scene.ts";

Deno.test("a Connection serves several runs on one claude", async () => {
  const reply = ({ userText }: ApiRequest) => text(`Answer to ${userText}`);
  await withScene([reply], async ({ api, claude, sandbox }) => {
    const files = createPrivateFiles();
    const request = {
      prompt: "",
      claude: {},
      target: { cwd: sandbox.project },
      baseDirectory: sandbox.project,
      env: sandbox.env(api.url),
      diagnose: () => {},
    };
    const plan = await planLaunch(await prepareLaunch(request, claude), request, files);
    const connection = await Connection.open(plan, { onExit: () => {} });
    const lines = connection.lines.getReader();

    /** Sends a prompt and returns the answer. Each run has a normalizer of its own. */
    const ask = async (prompt: string): Promise<string | undefined> => {
      const normalizer = new Normalizer({ createEvent: createEventFactory(() => 0) });
      await connection.sendPrompt(prompt);
      while (true) {
        const { done, value } = await lines.read();
        assert(!done, connection.stderr);
        const result = normalizer.read(value).find(({ type }) => type === "result");
        if (result?.type === "result") return result.text;
      }
    };
    assertEquals([await ask("one"), await ask("two")], ["Answer to one", "Answer to two"]);
    await connection.endInput();
    lines.releaseLock();
    for await (const _ of connection.lines);
    assertEquals(await connection.child.exited, { code: 0 });
    assertEquals(await connection.child.reapLeftovers(0), []);
    files.remove();
    await assertNothingLeft(sandbox);
  });
});
