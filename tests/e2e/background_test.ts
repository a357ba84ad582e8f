/**
 * Work of the real Claude Code that continues after a result.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { hold, subagent, text, toolUse } from "../support/api_reply.ts";
import { claudeAtLeast, sinceClaude } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventsOf, SKIP, withScene } from "./scene.ts";

/** Longer than claude may run after its last result, in milliseconds. */
const LONG_MS = 5500;

testWith(
  sinceClaude("2.1.300", "it does not wait for background commands"),
  "ccrun waits for a background command and for the turn that follows it",
  async () => {
    const input = { command: `touch begun; sleep ${LONG_MS / 1000}`, run_in_background: true };
    const replies = [
      toolUse("Bash", { ...input, description: "Wait" }),
      text("I started it."),
      text("It has ended."),
    ];
    await withScene(replies, async ({ json }) => {
      const events = await json([SKIP, "Wait."]);
      assertEquals(events.code, 0);
      const results = eventsOf(events, "result").map(({ text }) => text);
      assertEquals(results, ["I started it.", "It has ended."]);
      assertEquals(eventsOf(events, "notice").filter(({ kind }) => kind === "stopped"), []);
    });
  },
);

testWith(
  sinceClaude("2.1.0", "2.0 has no background subagents"),
  "ccrun waits for a background subagent and for a slow turn that follows it",
  async () => {
    const answered = Promise.withResolvers<void>();
    const replies = [
      subagent({ prompt: "Look for ALPHA.", description: "Find it", background: true }),
      () => {
        answered.resolve();
        return text("I started it.");
      },
      () => hold(delay(LONG_MS), text("Now it is finished.")),
    ];
    const subagents = {
      ALPHA: [bash("echo inner"), hold(answered.promise, text("Here is alpha."))],
    };
    await withScene(replies, async ({ json }) => {
      const events = await json([SKIP, "Find it."]);
      assertEquals([events.code, events.stderr], [0, ""]);
      const results = eventsOf(events, "result");
      assertEquals(results.map(({ text }) => text), ["I started it.", "Now it is finished."]);
      const [first, last] = results;
      assert(first !== undefined && last !== undefined);
      assertEquals(last.answer, "I started it.\n\nNow it is finished.");
      assertEquals(events.exit.turns, Number(first.turns) + Number(last.turns));
      const call = eventsOf(events, "tool_use").find(({ name }) => name !== "Bash")?.id;
      const task = eventsOf(events, "task").filter(({ tool_use_id: id }) => id === call);
      assertEquals([task[0]?.status, task.at(-1)?.status], ["started", "completed"]);
      const inner = events.events.filter(({ parent_tool_use_id: parent }) => parent === call);
      const texts = inner.flatMap((event) => event.type === "text" ? [event.text] : []);
      assertEquals(texts, ["Here is alpha."]);
    }, { subagents });
  },
);

testWith(
  sinceClaude("2.1.0", "2.0 does not report background commands"),
  "ccrun warns about a background command that is stopped with the run",
  async () => {
    const input = {
      command: "sleep 377",
      description: "Start the server",
      run_in_background: true,
    };
    const replies = [toolUse("Bash", input), text("I started it."), text("Never.")];
    await withScene(replies, async ({ start }) => {
      await using ccrun = await start(["--json", SKIP, "Start it."]);
      await ccrun.stdoutUntil('"type":"result"');
      // Older versions stop the command themselves.
      if (claudeAtLeast("2.1.300")) ccrun.kill("SIGINT");
      const { stderr } = await ccrun.finished;
      const warning = "a background task was stopped with the run: Start the server";
      assertEquals(stderr.split("\n")[0], `ccrun: warning: ${warning}`);
    });
  },
);
