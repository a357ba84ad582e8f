/**
 * Tests the files that a run writes: the answer and the recording.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { apiError, hold, message, text, thinking } from "../support/api_reply.ts";
import { runCcrun } from "../support/ccrun.ts";
import { bash, checked, eventsOf, SKIP, temporaryFiles, withScene } from "./scene.ts";

/** An event without its times, and without what only a run knows: where it works and how the process ended. */
function timeless({ time_ms: _, ...event }: RunEvent): Record<string, unknown> {
  const known: Record<string, unknown> = { ...event };
  const { type } = event;
  if (type === "start") { for (const key of ["time", "claude", "cwd"]) delete known[key]; }
  if (type === "exit") delete known.claude_exit_code;
  if (type === "exit" || type === "tool_result") delete known.duration_ms;
  return known;
}

Deno.test("ccrun writes the answer to the file of --output only when the run succeeds", async () => {
  const go = Promise.withResolvers<void>();
  const reply = hold(go.promise, text("The new answer."));
  const respond = ({ userText }: { userText: string }) =>
    userText.includes("Fail") ? apiError(400, "invalid_request_error", "no") : reply;
  await withScene(respond, async ({ api, run, sandbox, start }) => {
    const path = `${sandbox.project}/answer.txt`;
    await Deno.writeTextFile(path, "old");
    await Deno.chmod(path, 0o640);
    await using process = await start(["-q", "--output", "answer.txt", "Greet me."]);
    await api.requested((request) => request.hasTools);
    assertEquals(await Deno.readTextFile(path), "old");
    go.resolve();
    const { code, stdout } = await process.finished;
    assertEquals([code, stdout], [0, "The new answer.\n"]);
    assertEquals(await Deno.readTextFile(path), "The new answer.\n");
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o640);
    assertEquals(await temporaryFiles(sandbox), []);

    const failed = await run(["-q", "-o", "answer.txt", "--record", "stream", "Fail."]);
    assertEquals([failed.code, failed.stdout], [4, ""]);
    assertEquals(await Deno.readTextFile(path), "The new answer.\n");
    // A recording is there to find out why, so it is kept.
    assert((await Deno.readTextFile(`${sandbox.project}/stream`)).endsWith("}\n"));
  });
});

Deno.test("ccrun replay emits the events of the recorded run", async () => {
  const replies = [
    message(thinking("Hm."), text("I look."), bash("echo works"), bash("echo no; exit 3")),
    text("Done."),
  ];
  await withScene(replies, async ({ json, sandbox }) => {
    const args = ["--partial", "--record", "stream", SKIP, "--max-turns"];
    for (const [turns, code] of [["9", 0], ["1", 5]] as const) {
      const told = await json([...args, turns, "Do it."]);
      assertEquals(told.code, code);
      const replay = ["replay", "--json", "stream"];
      const again = checked(await runCcrun([...replay, "--partial"], { sandbox }));
      assertEquals(again.events.map(timeless), told.events.map(timeless));
      // Without the pieces, as a run without --partial is told.
      const whole = checked(await runCcrun(replay, { sandbox }));
      assertEquals(eventsOf(whole, "text_delta"), []);
      assertEquals(
        eventsOf(whole, "text").map(({ text }) => text),
        eventsOf(told, "text").map(({ text }) => text),
      );
    }
  });
});
