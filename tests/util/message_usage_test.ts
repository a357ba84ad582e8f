import { assertEquals } from "@std/assert";
import { createEventFactory, NO_USAGE } from "../../lib/events.ts";
import { MessageUsage } from "../../lib/util/message_usage.ts";

/** Returns the output tokens of messages: their ids, tokens, and agents. */
function count(...messages: readonly (readonly [id: string, output: number, parent?: string])[]) {
  const createEvent = createEventFactory(() => null);
  const sum = new MessageUsage();
  const areNew = messages.map(([message_id, output, parent]) => {
    const event = createEvent({ type: "usage", message_id, usage: { ...NO_USAGE, output } });
    if (parent !== undefined) event.parent_tool_use_id = parent;
    return sum.record(event);
  });
  return { sum, areNew, output: sum.total.output };
}

Deno.test("MessageUsage counts each message once, with the last tokens that it states", () => {
  const { output, areNew } = count(["a", 1], ["a", 40], ["b", 1], ["b", 2]);
  assertEquals([output, areNew], [42, [true, false, true, false]]);
});

Deno.test("MessageUsage counts the messages of agents that run at the same time", () => {
  const { output, areNew } = count(["a", 1], ["s", 3, "call"], ["a", 10], ["s", 30, "call"]);
  assertEquals([output, areNew], [40, [true, true, false, false]]);
});

Deno.test("MessageUsage is empty until tokens are recorded, and again when it is cleared", () => {
  const { sum } = count(["a", 0]);
  assertEquals([sum.isEmpty, new MessageUsage().isEmpty], [false, true]);
  sum.clear();
  assertEquals([sum.isEmpty, sum.total], [true, NO_USAGE]);
});
