import { assertEquals } from "@std/assert";
import { parseMessage } from "../../lib/claude/parse_message.ts";
import { readResult } from "../../lib/claude/result_event.ts";
import { createEventFactory, type EventOf } from "../../lib/events.ts";
import { Turns } from "../../lib/run/turns.ts";

const createEvent = createEventFactory(() => null);

function result(text: string): EventOf<"result"> {
  return createEvent(readResult({ type: "result", subtype: "success", result: text }));
}

/** Records a turn without its result. */
function recordTurn(turns: Turns, text: string): void {
  turns.recordMessage(parseMessage({ type: "system", subtype: "init" }));
  const message = { id: text, content: [{ type: "text", text }] };
  turns.recordMessage(parseMessage({ type: "assistant", message }));
  turns.recordEvent(createEvent({ type: "text", text, message_id: text, index: 0 }));
}

Deno.test("Turns assigns results that come late to the turns with their texts", () => {
  const turns = new Turns();
  for (const text of ["one", "two", "three"]) recordTurn(turns, text);
  assertEquals(turns.end(result("one")).texts.final, ["one"]);
  // The result of the second turn is missing.
  assertEquals(turns.end(result("three")).texts.final, ["three"]);
  assertEquals(turns.end(result("four")).texts.final, []);
});

Deno.test("Turns takes linear time even if many results are missing", () => {
  const turns = new Turns();
  for (let count = 0; count < 20_000; count++) recordTurn(turns, `turn ${count}`);
  for (let count = 0; count < 20_000; count++) turns.end(result("another text"));
});
