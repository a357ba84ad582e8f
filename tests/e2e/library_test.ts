/**
 * The library on the real Claude Code.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { ClaudeSession, type RunEvent } from "../../lib/mod.ts";
import { message, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { assertEvents } from "../support/event_schema.ts";
import {
  assertNothingLeft,
  bash,
  eventOf,
  eventsOf,
  type Scene,
  toolStarted,
  withScene,
} from "./scene.ts";

function makeSession({ api, claude, sandbox }: Scene): ClaudeSession {
  return new ClaudeSession({
    workspace: sandbox.project,
    claudePath: claude,
    env: sandbox.env(api.url),
    dangerouslySkipPermissions: true,
  });
}

Deno.test("ClaudeSession resumes its conversation, and forks it", async () => {
  const reply = ({ userText }: ApiRequest) => text(`Answer to ${userText}`);
  await withScene([reply], async (scene) => {
    const session = makeSession(scene);
    assertEquals([session.busy, session.currentSessionId], [false, undefined]);
    const ask = async (prompt: string, fork = false) => {
      const events = await Array.fromAsync(session.run(prompt, { fork }));
      assertEvents(events);
      assertEquals(eventOf({ events }, "result").text, `Answer to ${prompt}`);
      return eventOf({ events }, "exit").session_id;
    };
    // The second waits for the first, and goes on where that ended.
    const [id, again] = await Promise.all([ask("one"), ask("two")]);
    assert(id !== undefined);
    assertEquals([again, session.currentSessionId, session.busy], [id, id, false]);
    const request = scene.turns().at(-1);
    assertStringIncludes(JSON.stringify(request?.body.messages), "Answer to one");

    const fork = await ask("three", true);
    assertNotEquals(fork, id);
    assertEquals(session.currentSessionId, fork);
    assertStringIncludes(JSON.stringify(scene.turns().at(-1)?.body.messages), "Answer to two");
  });
});

Deno.test("ClaudeSession stops claude when its signal is aborted, and can resume", async () => {
  const reply = ({ userText }: ApiRequest) =>
    userText.includes("Go on.")
      ? text("I went on.")
      : message(text("I wait."), bash("touch started; sleep 377"));
  await withScene([reply], async (scene) => {
    const session = makeSession(scene);
    const abort = new AbortController();
    const running = Array.fromAsync(session.run("Wait.", { signal: abort.signal }));
    await toolStarted(scene.sandbox);
    assertEquals(session.busy, true);
    abort.abort();
    const events = await running;
    assertEvents(events);
    assertEquals(eventOf({ events }, "exit").reason, "interrupt");
    assertEquals(eventsOf({ events }, "tool_use").length, 1);
    await assertNothingLeft(scene.sandbox);

    const next = await Array.fromAsync(session.run("Go on."));
    assertEvents(next);
    assertEquals(
      eventOf({ events: next }, "exit").session_id,
      eventOf({ events }, "exit").session_id,
    );
    assertEquals(eventOf({ events: next }, "result").text, "I went on.");
    assertEquals(await session.stop(), false);
  });
});

Deno.test("ClaudeSession stops claude before the loop over its events is left", async () => {
  await withScene([bash("touch started; sleep 377")], async (scene) => {
    const session = makeSession(scene);
    const seen: RunEvent[] = [];
    for await (const event of session.run("Wait.")) {
      seen.push(event);
      if (event.type !== "tool_use") continue;
      await toolStarted(scene.sandbox);
      break;
    }
    assertEquals(session.busy, false);
    assertEquals(seen.at(-1)?.type, "tool_use");
    await assertNothingLeft(scene.sandbox);
  });
});
