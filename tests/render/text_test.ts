import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, type EventOf } from "../../lib/events.ts";
import { createTextRenderer, type TextRendererOptions } from "../../lib/render/text.ts";
import { makeKept } from "../support/kept_writer.ts";

const USAGE = { input: 0, output: 0, cache_read: 0, cache_write: 0 };

function result(fields: Partial<EventBody<"result">>): EventOf<"result"> {
  return createEventFactory(() => null)({
    type: "result",
    ok: true,
    subtype: "success",
    text: "",
    turns: 1,
    duration_ms: 1,
    api_duration_ms: 1,
    cost_usd: 0,
    usage: USAGE,
    denials: [],
    errors: [],
    ...fields,
  });
}

function exit(ok: boolean): EventOf<"exit"> {
  return createEventFactory(() => null)({
    type: "exit",
    code: ok ? 0 : 1,
    reason: ok ? "success" : "failed",
    ok,
    turns: 0,
    cost_usd: 0,
    usage: USAGE,
    duration_ms: null,
  });
}

/** What is written in a run with these results. */
async function written(
  results: readonly EventOf<"result">[],
  ok: boolean,
  options: TextRendererOptions = {},
): Promise<string> {
  const kept = makeKept();
  const output = createTextRenderer(kept.sink, options);
  for (const event of results) output.event(event);
  assertEquals(await kept.text(), "", "nothing before the end");
  output.event(exit(ok));
  return await kept.text();
}

Deno.test("the text renderer writes the last answer of a successful run", async () => {
  const results = [result({ text: "first" }), result({ text: "last" })];
  assertEquals(await written(results, true), "last\n");
});

Deno.test("the text renderer writes nothing if the run fails or has no result", async () => {
  assertEquals(await written([result({ text: "almost" })], false), "");
  assertEquals(await written([], true), "");
});

Deno.test("the text renderer sanitizes the answer if that is requested", async () => {
  const sanitize = (text: string) => text.replaceAll("\x1b", "^");
  assertEquals(await written([result({ text: "\x1b[2J" })], true, { sanitize }), "^[2J\n");
});

Deno.test("the text renderer leaves out an answer that is on the screen", async () => {
  const seen: string[] = [];
  const isShown = (text: string) => seen.push(text) > 0;
  assertEquals(await written([result({ text: "Done." })], true, { isShown }), "");
  assertEquals(seen, ["Done.\n"]);
});
