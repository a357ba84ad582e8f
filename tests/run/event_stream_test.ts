import { assertEquals } from "@std/assert";
import { createEventFactory, type RunEvent } from "../../lib/events.ts";
import { EventStream } from "../../lib/run/event_stream.ts";

const createEvent = createEventFactory(() => null);

function text(length: number): RunEvent {
  return createEvent({ type: "text", text: "x".repeat(length), message_id: "m", index: 0 });
}

Deno.test("EventStream yields its events in order and ends after close", async () => {
  const events = new EventStream();
  const emitted = [text(1), text(2), text(3)];
  for (const event of emitted) events.emit(event);
  events.close();
  events.emit(text(4));
  assertEquals(await Array.fromAsync(events), emitted);
});

Deno.test("EventStream is full after many events or a few large ones, until they are read", async () => {
  for (const [count, length] of [[256, 1], [2, 600_000]] as const) {
    const events = new EventStream();
    const reader = events[Symbol.asyncIterator]();
    for (let n = 0; n < count; n++) {
      assertEquals(events.isFull, false);
      events.emit(text(length));
    }
    assertEquals(events.isFull, true);
    const ready = events.ready();
    await reader.next();
    await ready;
    assertEquals(events.isFull, false);
  }
});

Deno.test("EventStream resumes every source that waits for the reader", async () => {
  const events = new EventStream();
  const reader = events[Symbol.asyncIterator]();
  for (let n = 0; n < 256; n++) events.emit(text(1));
  const ready = [events.ready(), events.ready()];
  await reader.next();
  await Promise.all(ready);
});

Deno.test("EventStream releases its sources when the reader leaves", async () => {
  const events = new EventStream();
  for (let n = 0; n < 300; n++) events.emit(text(1));
  const ready = events.ready();
  for await (const _event of events) break;
  await ready;
  assertEquals([events.isClosed, events.isFull], [true, false]);
});
