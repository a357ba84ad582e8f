/**
 * Work of the real Claude Code that continues after a result.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { hold, type Reply, subAgent, text, toolUse } from "../support/api_reply.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventsOf, SKIP, withScene } from "./scene.ts";

/** Longer than claude may run after its last result, in milliseconds. */
const LONG_MS = 5500;

const later = () => new Promise((resolve) => setTimeout(resolve, LONG_MS));

testWith(
  { unless: claudeAtLeast("2.1.300") ? undefined : "it does not wait for background commands" },
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

for (
  const [what, next] of [
    ["a slow request", [() => hold(later(), text("Second."))]],
    ["a slow tool", [bash(`touch begun; sleep ${LONG_MS / 1000}`), text("Second.")]],
  ] as readonly [string, readonly Reply[]][]
) {
  testWith(
    { unless: claudeAtLeast("2.1.0") ? undefined : "2.0 has no background sub-agents" },
    `ccrun waits for the turn that follows a background sub-agent, with ${what}`,
    async () => {
      const replies = [
        subAgent({ prompt: "Look for ALPHA.", description: "Find it", background: true }),
        text("I started it."),
        ...next,
      ];
      await withScene(replies, async ({ json }) => {
        const events = await json([SKIP, "Find it."]);
        assertEquals(events.code, 0);
        const results = eventsOf(events, "result").map(({ text }) => text);
        assertEquals(results, ["I started it.", "Second."]);
        assertEquals(eventsOf(events, "notice").filter(({ kind }) => kind === "stopped"), []);
      }, { subagents: { ALPHA: [text("Here is alpha.")] } });
    },
  );
}
