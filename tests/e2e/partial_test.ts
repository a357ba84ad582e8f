/**
 * Text that is shown while it is generated.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { message, text, thinking } from "../support/api_reply.ts";
import { bash, checked, eventsOf, SKIP, withScene } from "./scene.ts";

const THOUGHT = "Let me think about it for a moment.";
const FIRST = "One moment, please: I look.";
const LAST = "It is done.\n\nWith 漢字 and 😀, and `code`.";

/** Returns the block of the model that an event is about. */
function blockOf(event: Extract<RunEvent, { message_id: string; index: number }>): string {
  return `${event.type.replace("_delta", "")} ${event.message_id} ${event.index}`;
}

Deno.test("ccrun --partial emits deltas before a block is complete, which add up to the block", async () => {
  const rest = Promise.withResolvers<void>();
  const replies = [
    message(thinking(THOUGHT), text(FIRST), bash("echo x")),
    message(text(LAST), { pause: rest.promise }),
  ];
  await withScene(replies, async ({ start }) => {
    await using process = await start(["--json", "--partial", SKIP, "Do it."]);
    const beforePause = await process.stdoutUntil((output) =>
      output.slice(output.indexOf('"type":"tool_result"')).includes('"text_delta"')
    );
    assert(!beforePause.includes("is done."), beforePause);
    rest.resolve();

    const run = checked(await process.finished);
    assertEquals([run.code, run.stderr], [0, ""]);
    const streamed = new Map<string, string>();
    const complete = new Map<string, string>();
    for (const event of run.events) {
      if (event.type === "text_delta" || event.type === "thinking_delta") {
        const block = blockOf(event);
        assert(!complete.has(block), `a delta after its block: ${block}`);
        streamed.set(block, (streamed.get(block) ?? "") + event.text);
      } else if (event.type === "text" || event.type === "thinking") {
        complete.set(blockOf(event), event.text);
      }
    }
    assertEquals([...complete.values()], [THOUGHT, FIRST, LAST]);
    assertEquals(streamed, complete);
    const deltas = eventsOf(run, "text_delta");
    assert(deltas.length > 6, `${deltas.length} deltas`);
    // The last tokens of each message are those at its end.
    const messages = new Set([...complete.keys()].map((block) => block.split(" ")[1]));
    const tokens = new Map(
      eventsOf(run, "usage").map(({ message_id, usage }) => [message_id, usage.output]),
    );
    assertEquals([...tokens], [...messages].map((id) => [id, 42]));
  });
});

Deno.test("ccrun --partial shows a sentence in several blocks of a message as one", async () => {
  const replies = [
    message(thinking(THOUGHT), text("I look "), text("at it"), text("."), bash("echo x")),
    message(text("It came out in "), text("2018"), text(", says the"), text(" blog.")),
  ];
  await withScene(replies, async ({ start }) => {
    await using process = await start(["--partial", SKIP, "Do it."]);
    const { code, stderr } = await process.finished;
    assertEquals(code, 0);
    for (const sentence of ["I look at it.", "It came out in 2018, says the blog."]) {
      assertEquals(stderr.split(`\n\n${sentence}\n\n`).length, 2, stderr);
    }
  });
});
