import { assertEquals } from "@std/assert";
import { createBatchJson } from "../../../lib/render/batch/json.ts";
import { makeKeptSink } from "../../support/kept_writer.ts";
import { BATCH, taskOk } from "./batch_events.ts";

Deno.test("the JSON of a batch has one event a line", () => {
  const sink = makeKeptSink();
  const renderer = createBatchJson(sink);
  for (const event of BATCH) renderer.event(event);
  const lines = sink.text().split("\n");
  assertEquals(lines.pop(), "");
  assertEquals(lines.map((line): unknown => JSON.parse(line)), [...BATCH]);
});

Deno.test("the JSON of a batch has no commands for a CI system", () => {
  const sink = makeKeptSink();
  const event = taskOk("##[error]x\u202e\n::error::y");
  createBatchJson(sink).event(event);
  assertEquals(/##\[|\u202e|\n./u.test(sink.text()), false);
  assertEquals(JSON.parse(sink.text()), event);
});
