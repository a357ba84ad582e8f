/**
 * Tests text that is shown while it is generated.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { message, text, thinking } from "../support/api_reply.ts";
import { bash, checked, eventsOf, SKIP, withScene } from "./scene.ts";

const THOUGHT = "Let me think about it for a moment.";
const FIRST = "One moment, please: I look.";
const ANSWER = "It is done.\n\nWith 漢字 and 😀, and `code`.";

/** Which block of the model an event is about. */
function blockOf(event: Extract<RunEvent, { message_id: string; index: number }>): string {
  return `${event.type.replace("_delta", "")} ${event.message_id} ${event.index}`;
}

Deno.test("ccrun --partial emits deltas that add up to the complete blocks", async () => {
  const replies = [message(thinking(THOUGHT), text(FIRST), bash("echo x")), text(ANSWER)];
  await withScene(replies, async ({ json, run }) => {
    const events = await json(["--partial", SKIP, "Do it."]);
    assertEquals([events.code, events.stderr], [0, ""]);
    const streamed = new Map<string, string>();
    const complete = new Map<string, string>();
    for (const event of events.events) {
      if (event.type === "text_delta" || event.type === "thinking_delta") {
        const block = blockOf(event);
        assert(!complete.has(block), `a delta after its block: ${block}`);
        streamed.set(block, (streamed.get(block) ?? "") + event.text);
      } else if (event.type === "text" || event.type === "thinking") {
        complete.set(blockOf(event), event.text);
      }
    }
    assertEquals([...complete.values()], [THOUGHT, FIRST, ANSWER]);
    assertEquals(streamed, complete);
    const deltas = eventsOf(events, "text_delta");
    assert(deltas.length > 6, `${deltas.length} deltas`);
    // The tokens of each message, when it ends.
    const messages = new Set([...complete.keys()].map((block) => block.split(" ")[1]));
    assertEquals(eventsOf(events, "usage").map(({ message_id }) => message_id), [...messages]);
    assertEquals(eventsOf(events, "usage").map(({ usage }) => usage.output), [42, 42]);

    const pretty = await run(["--partial", SKIP, "Do it."]);
    assertEquals([pretty.code, pretty.stdout], [0, `${ANSWER}\n`]);
    // What is streamed is progress; it is not repeated when it is complete.
    for (const said of [THOUGHT, FIRST, "With 漢字 and 😀"]) {
      assertEquals(pretty.stderr.split(said).length - 1, 1, `${said} in:\n${pretty.stderr}`);
    }
  });
});

Deno.test("ccrun --partial emits the first words before the text is complete", async () => {
  const rest = Promise.withResolvers<void>();
  await withScene(
    [message(text("First second third."), { pause: rest.promise })],
    async (scene) => {
      await using process = await scene.start(["--json", "--partial", "Write."]);
      const soFar = await process.stdoutUntil('"text_delta"');
      assert(!soFar.includes('"type":"text"'), soFar);
      rest.resolve();
      const events = checked(await process.finished);
      assertEquals(
        eventsOf(events, "text_delta").map(({ text }) => text).join(""),
        "First second third.",
      );
    },
  );
});
