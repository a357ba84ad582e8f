/**
 * ccrun is told to end while claude works.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hang, message, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import type { RunningCcrun } from "../support/ccrun.ts";
import type { Sandbox } from "../support/sandbox.ts";
import {
  assertNothingLeft,
  bash,
  checked,
  eventOf,
  eventsOf,
  exists,
  SKIP,
  toolStarted,
  withScene,
} from "./scene.ts";

/** A tool that says that it runs, and then takes longer than any test. */
const WAITING = bash("touch started; sleep 377");

/** Sends the signal when the tool runs. */
async function stopped(process: RunningCcrun, sandbox: Sandbox, signal: Deno.Signal) {
  await toolStarted(sandbox);
  process.kill(signal);
  const result = await process.finished;
  await assertNothingLeft(sandbox);
  return result;
}

for (
  const [signal, code, reason] of [
    ["SIGINT", 130, "interrupt"],
    ["SIGTERM", 143, "terminate"],
  ] as const
) {
  Deno.test(`ccrun ends on ${signal} during a tool with ${code}, and its session can go on`, async () => {
    const reply = ({ userText }: ApiRequest) =>
      userText.includes("Go on.") ? text("I went on.") : message(text("I wait."), WAITING);
    await withScene([reply], async ({ json, sandbox, start }) => {
      // In a file of its own, so that there is something to clean up.
      const options = [SKIP, "--settings", '{"env":{"A":"1"}}', "--output", "answer.txt"];
      await using process = await start(["--json", ...options, "Wait."]);
      const events = checked(await stopped(process, sandbox, signal));
      assertEquals([events.code, events.exit.reason, events.exit.signal], [code, reason, signal]);
      const id = events.exit.session_id;
      assert(id !== undefined);
      const { error } = eventOf(events, "error");
      assertEquals(error, {
        kind: reason,
        message: `stopped by ${signal}`,
        hint: `go on with: ccrun --resume ${id} "..."`,
      });
      assertEquals(eventsOf(events, "tool_use").length, 1);
      // claude itself is asked in a way in which it says what became of it; 2.0.25 never does.
      if (claudeAtLeast("2.1.0")) {
        assertEquals(eventOf(events, "tool_result").is_error, true);
        assertEquals(eventOf(events, "result").ok, false);
      }
      assertStringIncludes(
        events.stderr,
        `ccrun: error: stopped by ${signal}\nccrun: go on with: `,
      );

      await using pretty = await start([...options, "Wait."]);
      const shown = await stopped(pretty, sandbox, signal);
      assertEquals([shown.code, shown.stdout], [code, ""]);
      assertStringIncludes(shown.stderr, "\n● Bash  touch started; sleep 377\n");
      assertStringIncludes(
        shown.stderr,
        `\nerror: stopped by ${signal}\n       go on with: ccrun --resume `,
      );
      assertStringIncludes(shown.stderr, `\n✗ ${reason} · `);
      assert(!shown.stderr.includes("ede_diagnostic"), shown.stderr);
      assertEquals(await exists(`${sandbox.project}/answer.txt`), false);

      const resumed = await json([SKIP, "--resume", id, "Go on."]);
      assertEquals([resumed.code, resumed.exit.session_id], [0, id]);
      assertEquals(eventOf(resumed, "result").text, "I went on.");
    });
  });
}

Deno.test("ccrun ends on a signal while claude waits for the API", async () => {
  await withScene(hang, async ({ api, start, sandbox }) => {
    for (const [signal, code] of [["SIGHUP", 129], ["SIGQUIT", 131]] as const) {
      const before = api.requests.length;
      await using process = await start(["--json", "Wait."]);
      await api.requested((request) => request.hasTools && api.requests.indexOf(request) >= before);
      process.kill(signal);
      const events = checked(await process.finished);
      assertEquals([events.code, events.exit.signal], [code, signal]);
      assert(events.exit.session_id !== undefined);
      await sandbox.assertNothingLeft();
    }
  });
});
