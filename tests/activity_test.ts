import { assert, assertEquals } from "@std/assert";
import { Activity } from "../lib/activity.ts";
import { type EventBody, type EventType, makeStamp, type RunEvent } from "../lib/events.ts";

/** An activity, and a way to tell it what happens. */
function makeActivity() {
  const activity = new Activity();
  let timeMs: number | null = 0;
  const stamp = makeStamp(() => timeMs);
  return {
    activity,
    take<K extends EventType>(at: number | null, body: EventBody<K>) {
      timeMs = at;
      // Which type it is, TypeScript does not know here.
      activity.take(stamp(body) as unknown as RunEvent);
    },
  };
}

function toolUse(id: string, input: Record<string, unknown>, name = "Bash") {
  return { type: "tool_use" as const, id, name, input };
}

function toolResult(id: string) {
  return {
    type: "tool_result" as const,
    tool_use_id: id,
    name: "Bash",
    is_error: false,
    text: "",
    duration_ms: 1,
  };
}

Deno.test("Activity says that nothing had come", () => {
  assertEquals(new Activity().describe(5000), "nothing had come from claude");
});

Deno.test("Activity says what the last event was, and how long ago", () => {
  const { activity, take } = makeActivity();
  take(1000, { type: "raw", content: "x" });
  assertEquals(activity.describe(3540), "the last event was raw, 2.5s ago");
  assertEquals(activity.describe(1000), "the last event was raw, 0s ago");
  assertEquals(activity.describe(13_400), "the last event was raw, 12s ago");
  assertEquals(activity.describe(1000 + 3_661_000), "the last event was raw, 1h1m1s ago");
});

Deno.test("Activity says which tool runs, with what, and for how long", () => {
  const { activity, take } = makeActivity();
  take(1000, toolUse("a", { description: "Tests", command: "npm   test\n  --all" }));
  take(2000, { type: "raw", content: "x" });
  assertEquals(activity.tools, 1);
  assertEquals(
    activity.describe(13_000),
    "Bash (npm test --all) was running, for 12s; the last event was raw, 11s ago",
  );
});

Deno.test("Activity names a tool by what tells it from others, if there is anything", () => {
  const cases: readonly (readonly [input: Record<string, unknown>, said: string])[] = [
    [{ description: "d", command: "c", file_path: "f" }, "Tool (c)"],
    [{ description: "d", file_path: "f" }, "Tool (f)"],
    [{ url: "https://example.com/", prompt: "p" }, "Tool (https://example.com/)"],
    [{ command: 5, pattern: "x.*" }, "Tool (x.*)"],
    [{ prompt: "p" }, "Tool"],
    [{}, "Tool"],
  ];
  for (const [input, said] of cases) {
    const { activity, take } = makeActivity();
    take(0, toolUse("a", input, "Tool"));
    assertEquals(activity.describe(0).split(" was running")[0], said);
  }
});

Deno.test("Activity cuts a long argument, and no character in two", () => {
  const { activity, take } = makeActivity();
  take(0, toolUse("a", { command: "x".repeat(61) }));
  assert(activity.describe(0).startsWith(`Bash (${"x".repeat(60)}...) was running`));
  take(0, toolUse("b", { command: `${"x".repeat(59)}😀😀` }));
  assert(activity.describe(0).isWellFormed());
});

Deno.test("Activity names the tool that was called last of those that run", () => {
  const { activity, take } = makeActivity();
  take(0, toolUse("a", { command: "first" }));
  take(100, toolUse("b", { command: "second" }));
  assertEquals(activity.tools, 2);
  assert(activity.describe(200).startsWith("Bash (second) was running, for 100ms;"));
  take(200, toolResult("b"));
  assert(activity.describe(300).startsWith("Bash (first) was running, for 300ms;"));
  take(300, toolResult("a"));
  assertEquals(activity.tools, 0);
  assertEquals(activity.describe(300), "the last event was tool_result, 0s ago");
  // A result of a call that nobody saw changes nothing.
  take(400, toolResult("c"));
  assertEquals(activity.tools, 0);
});

Deno.test("Activity takes no tool for running after the turn's result", () => {
  const { activity, take } = makeActivity();
  take(0, toolUse("a", { command: "gone" }));
  const result = { type: "result", subtype: "success", is_error: false };
  take(100, result as unknown as EventBody<"result">);
  assertEquals(activity.tools, 0);
  assertEquals(activity.describe(100), "the last event was result, 0s ago");
});

Deno.test("Activity takes events that have no time", () => {
  const { activity, take } = makeActivity();
  take(null, { type: "raw", content: "x" });
  assertEquals(activity.describe(1000), "the last event was raw, 1s ago");
});
