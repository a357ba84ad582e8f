import { assertEquals } from "@std/assert";
import { OpenToolCalls } from "../../lib/claude/open_tool_calls.ts";
import { createEventFactory, type EventBody, NO_USAGE } from "../../lib/events.ts";

const stamp = createEventFactory(() => 5);

function call(id: string, parent?: string): EventBody {
  const body = { type: "tool_use", id, name: "Bash", input: {} } as const;
  return parent === undefined ? body : { ...body, parent_tool_use_id: parent };
}

function resultOf(tool_use_id: string): EventBody {
  const outcome = { is_error: false, text: "", duration_ms: null };
  return { type: "tool_result", tool_use_id, name: "Bash", ...outcome };
}

const RESULT: EventBody = {
  type: "result",
  ok: true,
  subtype: "success",
  text: "",
  turns: 1,
  duration_ms: 1,
  api_duration_ms: 1,
  cost_usd: 0,
  usage: NO_USAGE,
  denials: [],
  errors: [],
};

/** Returns the ids of the calls that are open after these events. */
function openAfter(...events: EventBody[]): string[] {
  const calls = new OpenToolCalls();
  for (const event of events) calls.record(stamp(event));
  return ["a", "b", "c"].filter((id) => calls.get(id) !== undefined);
}

Deno.test("OpenToolCalls closes a call when its result arrives", () => {
  assertEquals(openAfter(call("a"), call("b")), ["a", "b"]);
  assertEquals(openAfter(call("a"), call("b"), resultOf("a")), ["b"]);
});

Deno.test("OpenToolCalls closes the calls of a turn at its end, even those of its subagents", () => {
  assertEquals(openAfter(call("a"), call("b", "a"), call("c", "b"), RESULT), []);
});

Deno.test("OpenToolCalls keeps the calls of a background subagent", () => {
  assertEquals(openAfter(call("a"), resultOf("a"), call("b", "a"), RESULT), ["b"]);
});
