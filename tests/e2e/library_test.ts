/**
 * The library on the real Claude Code.
 *
 * @module
 */

import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { ClaudeSession } from "../../lib/mod.ts";
import { message, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { assertEvents } from "../support/event_schema.ts";
import { assertNothingLeft, bash, eventOf, toolStarted, withScene } from "./scene.ts";

Deno.test("ClaudeSession stops claude when its signal is aborted, and resumes and forks its conversation", async () => {
  const reply = ({ userText }: ApiRequest) =>
    userText.includes("Wait.")
      ? message(text("I wait."), bash("touch started; sleep 377"))
      : text(`Answer to ${userText}`);
  await withScene([reply], async ({ api, claude, sandbox, turns }) => {
    const session = new ClaudeSession({
      workspace: sandbox.project,
      claudePath: claude,
      env: sandbox.env(api.url),
      dangerouslySkipPermissions: true,
    });
    assertEquals([session.busy, session.currentSessionId], [false, undefined]);
    const abort = new AbortController();
    const running = Array.fromAsync(session.run("Wait.", { signal: abort.signal }));
    await toolStarted(sandbox);
    assertEquals(session.busy, true);
    abort.abort();
    const events = await running;
    assertEvents(events);
    const { reason, session_id: id } = eventOf({ events }, "exit");
    assertEquals(reason, "interrupt");
    await assertNothingLeft(sandbox);

    const ask = async (prompt: string, fork = false) => {
      const events = await Array.fromAsync(session.run(prompt, { fork }));
      assertEvents(events);
      assertEquals(eventOf({ events }, "result").text, `Answer to ${prompt}`);
      return eventOf({ events }, "exit").session_id;
    };
    assertEquals([await ask("two"), session.currentSessionId, session.busy], [id, id, false]);
    assertStringIncludes(JSON.stringify(turns().at(-1)?.body.messages), "Wait.");
    const fork = await ask("three", true);
    assertNotEquals(fork, id);
    assertEquals(session.currentSessionId, fork);
    assertStringIncludes(JSON.stringify(turns().at(-1)?.body.messages), "Answer to two");
    assertEquals(await session.stop(), false);
  });
});
