import { assertEquals } from "@std/assert";
import { createEventFactory } from "../../lib/events.ts";
import { createJsonRenderer } from "../../lib/render/json.ts";
import { makeKept } from "../support/kept_writer.ts";

Deno.test("the json renderer writes each event as one line", async () => {
  const kept = makeKept();
  const output = createJsonRenderer(kept.sink);
  const stamp = createEventFactory(() => 1.5);
  const events = [
    stamp({ type: "raw", content: "two\nlines ##[error]\x9b" }),
    stamp({ type: "unknown", event: JSON.parse('{"__proto__": 1}') }),
  ];
  for (const event of events) output.event(event);
  const lines = (await kept.text()).split("\n");
  assertEquals(lines.pop(), "");
  assertEquals(lines.map((line) => JSON.parse(line)), events);
  assertEquals(lines[0]?.includes("##["), false);
});

Deno.test("the json renderer writes each event when it arrives", async () => {
  const kept = makeKept();
  const output = createJsonRenderer(kept.sink);
  const stamp = createEventFactory(() => null);
  for (const content of ["a", "b"]) {
    output.event(stamp({ type: "raw", content }));
    assertEquals((await kept.text()).trimEnd().split("\n").at(-1)?.includes(`"${content}"`), true);
  }
});
