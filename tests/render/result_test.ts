import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, type EventType } from "../../lib/events.ts";
import { createResultRenderer } from "../../lib/render/result.ts";
import { answer, exit, failedExit, text } from "../support/rendered_run.ts";
import { makeKeptSink } from "../support/kept_writer.ts";

/** What the `result` format writes of a run. */
function written(...bodies: readonly EventBody[]): string {
  const sink = makeKeptSink();
  const output = createResultRenderer(sink);
  const stamp = createEventFactory(() => 1);
  for (const body of bodies) output.event(stamp<EventType>(body));
  return sink.text();
}

Deno.test("the result renderer writes the last result and the exit on one line", () => {
  const output = written(text("no"), answer("first"), answer("last ##[error]"), exit());
  assertEquals([output.split("\n").length, output.includes("##[")], [2, false]);
  const value = JSON.parse(output);
  assertEquals(Object.keys(value), ["result", "exit"]);
  assertEquals([value.result.text, value.exit.code], ["last ##[error]", 0]);
});

Deno.test("the result renderer writes the error of a run without a result", () => {
  const error = { kind: "api", message: "overloaded", hint: "later" } as const;
  const value = JSON.parse(written({ type: "error", error }, failedExit()));
  assertEquals([value.result, value.error, value.exit.reason], [null, error, "api"]);
});

Deno.test("the result renderer writes nothing before the exit", () => {
  assertEquals(written(text("hello"), answer("done")), "");
});
