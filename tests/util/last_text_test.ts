import { assertEquals } from "@std/assert";
import { createEventFactory, type EventOf } from "../../lib/events.ts";
import { LastText } from "../../lib/util/last_text.ts";

const createEvent = createEventFactory(() => null);

/** Returns a block of one message. */
function block(index: number, text: string): EventOf<"text"> {
  return createEvent({ type: "text", text, message_id: "msg_1", index });
}

Deno.test("LastText joins the blocks of a text, and a later text replaces them", () => {
  const last = new LastText();
  for (const [index, text] of ["It came out in ", "2018", "."].entries()) {
    last.record(block(index, text));
  }
  assertEquals([last.value, last.start], ["It came out in 2018.", "It came out in 2018."]);
  last.replaceBy(".");
  assertEquals(last.value, "It came out in 2018.");
  last.record(block(7, "Another."));
  assertEquals([last.value, last.start], ["Another.", "Another."]);
});

Deno.test("LastText takes linear time for a text of many blocks", () => {
  const last = new LastText();
  const text = "a".repeat(100);
  let read = 0;
  for (let index = 0; index < 200_000; index++) {
    last.record(block(index, text));
    read = last.start.length;
  }
  assertEquals([last.value.length, read], [20_000_000, 1_000]);
});
