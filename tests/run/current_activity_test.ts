import { assertEquals } from "@std/assert";
import { ActivityTracker } from "../../lib/run/current_activity.ts";
import { createEventFactory, type EventBody } from "../../lib/events.ts";

/** An activity that has seen these events, a second each. */
function seen(...bodies: readonly EventBody[]): { describe(): string } {
  let now = 0;
  const stamp = createEventFactory(() => now);
  const activity = new ActivityTracker();
  for (const body of bodies) {
    activity.record(stamp(body));
    now += 1000;
  }
  return { describe: () => activity.describe(now) };
}

const bash = (id: string, command: string): EventBody => ({
  type: "tool_use",
  id,
  name: "Bash",
  input: { description: "Say it", command },
});

const over = (id: string): EventBody => ({
  type: "tool_result",
  tool_use_id: id,
  name: "Bash",
  is_error: false,
  text: "",
  duration_ms: 1,
});

const task = (status: EventBody<"task">["status"], description?: string): EventBody => ({
  type: "task",
  task_id: "t1",
  status,
  ...(description === undefined ? {} : { description }),
});

Deno.test("Activity says that nothing has come yet", () => {
  assertEquals(seen().describe(), "nothing had come from claude");
});

Deno.test("Activity names the last event, and how long ago it was", () => {
  const { describe } = seen({ type: "text", text: "Hi.", message_id: "m", index: 0 });
  assertEquals(describe(), "the last event was text, 1s ago");
});

Deno.test("Activity names the last of the tools that run", () => {
  assertEquals(
    seen(bash("1", "sleep 1"), bash("2", " make\n  all "), bash("3", "true"), over("3")).describe(),
    "Bash (make all) was running, for 3s; the last event was tool_result, 1s ago",
  );
  const { describe } = seen(bash("1", "x".repeat(70)), over("2"));
  const shown = `Bash (${"x".repeat(60)}...) was running, for 2s`;
  assertEquals(describe(), `${shown}; the last event was tool_result, 1s ago`);
});

Deno.test("Activity names the background task that runs when no tool does", () => {
  const last = "the last event was task, 1s ago";
  assertEquals(
    seen(task("started", "Wait for it"), task("progress", "Wait for it")).describe(),
    `a background task (Wait for it) was running, for 2s; ${last}`,
  );
  assertEquals(seen(task("started")).describe(), `a background task was running, for 1s; ${last}`);
  assertEquals(
    seen(task("started", "Wait"), bash("1", "ls")).describe(),
    "Bash (ls) was running, for 1s; the last event was tool_use, 1s ago",
  );
  for (const end of ["completed", "failed", "stopped"] as const) {
    assertEquals(seen(task("started", "Wait for it"), task(end)).describe(), last);
  }
});
