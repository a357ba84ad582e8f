import { assertEquals } from "@std/assert";
import { createEventFactory, NO_USAGE, SCHEMA_ID } from "../lib/events.ts";

Deno.test("SCHEMA_ID names version 1", () => {
  assertEquals(SCHEMA_ID, "ccrun.events/1");
});

Deno.test("createEventFactory numbers events from 0 and reads the clock for each", () => {
  let now = 10;
  const createEvent = createEventFactory(() => now);
  const events = [1, 2, 3].map((content) => {
    now += content;
    return createEvent({ type: "raw", content: String(content) });
  });
  assertEquals(events.map(({ seq, time_ms }) => [seq, time_ms]), [[0, 11], [1, 13], [2, 16]]);
  const [first] = events;
  assertEquals(Object.keys(first ?? {}), ["type", "seq", "time_ms", "content"]);
});

Deno.test("createEventFactory numbers the events of each run separately", () => {
  const [one, other] = [createEventFactory(() => null), createEventFactory(() => null)];
  one({ type: "raw", content: "" });
  assertEquals(one({ type: "raw", content: "" }).seq, 1);
  assertEquals(other({ type: "raw", content: "" }).seq, 0);
});

Deno.test("NO_USAGE has no tokens", () => {
  assertEquals(Object.values(NO_USAGE), [0, 0, 0, 0]);
});
