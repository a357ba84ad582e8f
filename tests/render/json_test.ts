import { assertEquals } from "@std/assert";
import { createEventFactory } from "../../lib/events.ts";
import { createJsonRenderer } from "../../lib/render/json.ts";
import { makeKeptSink } from "../support/kept_writer.ts";

Deno.test("the json renderer writes each event as one line when it arrives", () => {
  const sink = makeKeptSink();
  const renderer = createJsonRenderer(sink);
  const createEvent = createEventFactory(() => 1.5);
  const events = [
    createEvent({ type: "raw", content: "two\nlines ##[error]\x9b" }),
    createEvent({ type: "unknown", event: JSON.parse('{"__proto__": 1}') }),
  ];
  for (const [at, event] of events.entries()) {
    renderer.event(event);
    const lines = sink.text().split("\n");
    assertEquals([lines.length, lines.at(-1)], [at + 2, ""]);
    assertEquals(JSON.parse(lines.at(-2) ?? ""), event);
  }
  assertEquals(sink.text().includes("##["), false);
});
