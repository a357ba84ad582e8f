import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { ToolCalls } from "../../lib/render/tool_calls.ts";
import { result, use } from "../support/rendered_run.ts";

/** Records events of tool calls. */
function record(bodies: readonly EventBody[]): ToolCalls {
  const calls = new ToolCalls();
  const createEvent = createEventFactory(() => null);
  for (const body of bodies) {
    const event = createEvent(body);
    if (event.type === "tool_use") calls.add(event, {});
    if (event.type === "tool_result") calls.recordResult(event);
    if (event.type === "permission_denied") calls.recordDenial(event);
  }
  return calls;
}

const USE = use("a", "Bash", { command: "ls" });
const FAILURE = result("a", "no", { is_error: true });
const DENIAL: EventBody = { type: "permission_denied", tool_use_id: "a", name: "Bash" };

Deno.test("ToolCalls tracks the state of a call and counts failures and denials", () => {
  const interruption = result("a", "", { is_error: true, interrupted: true });
  const cases: [events: EventBody[], state: string, failed: number, denied: number][] = [
    [[USE], "running", 0, 0],
    [[USE, result("a", "ok")], "done", 0, 0],
    [[USE, FAILURE], "failed", 1, 0],
    [[USE, interruption], "interrupted", 0, 0],
    [[USE, DENIAL, DENIAL, FAILURE], "denied", 0, 1],
    [[USE, FAILURE, DENIAL], "denied", 0, 1],
  ];
  for (const [events, state, failed, denied] of cases) {
    const calls = record(events);
    assertEquals(calls.get("a")?.state, state);
    assertEquals(calls.counts, { all: 1, failed, denied });
  }
});

Deno.test("ToolCalls keeps a bounded number of answered calls, and those that subagents use", () => {
  const count = 5_000;
  const bodies = Array.from({ length: count }, (_, at) => {
    const id = `call-${at}`;
    return [use(id, "Bash", { command: "ls" }, at % 2 === 0 ? "agent" : undefined), result(id, "")];
  });
  const calls = record([
    use("agent", "Agent", { description: "Look" }),
    use("slow", "Bash", { command: "sleep 600" }),
    result("agent", "started"),
    ...bodies.flat(),
  ]);
  const kept = Array.from({ length: count }, (_, at) => calls.get(`call-${at}`))
    .filter((call) => call !== undefined);
  assert(kept.length <= 1_000, `${kept.length} calls are kept`);
  assertEquals(calls.get(`call-${count - 1}`)?.state, "done");
  assertEquals([calls.get("agent")?.state, calls.get("slow")?.state], ["done", "running"]);
  assertEquals(calls.counts, { all: count + 2, failed: 0, denied: 0 });
});

Deno.test("ToolCalls limits the depth of nested subagents", () => {
  const ids = Array.from({ length: 20_000 }, (_, at) => `call-${at}`);
  const calls = record(ids.map((id, at) => use(id, "Agent", {}, ids[at - 1])));
  const depths = ids.map((id) => calls.get(id)?.depth ?? 0);
  assertEquals(depths.slice(0, 3), [0, 1, 2]);
  assertEquals([...new Set(depths)].length, 51);
});

Deno.test("ToolCalls counts a call for the structured output only if it is denied", () => {
  const output = use("a", "StructuredOutput", {});
  const named = { name: "StructuredOutput" };
  const failure = result("a", "no", { ...named, is_error: true });
  const denial = { ...DENIAL, ...named };
  const cases: [events: EventBody[], count: number][] = [
    [[output, result("a", "ok", named)], 0],
    [[output, failure], 0],
    [[output, denial, failure], 1],
    [[output, failure, denial], 1],
  ];
  for (const [events, count] of cases) {
    assertEquals(record(events).counts, { all: count, failed: 0, denied: count });
  }
});

Deno.test("ToolCalls counts failures of calls that it has not seen", () => {
  assertEquals(record([FAILURE]).counts, { all: 0, failed: 1, denied: 0 });
});

Deno.test("ToolCalls returns the depth of subagents, even of unknown ones and in a cycle", () => {
  const calls = record([
    use("a", "Task", {}),
    use("b", "Task", {}, "a"),
    use("x", "Task", {}, "y"),
    use("y", "Task", {}, "x"),
  ]);
  assertEquals([undefined, "a", "b", "never-seen"].map((id) => calls.depthOf(id)), [0, 1, 2, 1]);
  assertEquals(calls.get("y")?.parent, undefined);
});
