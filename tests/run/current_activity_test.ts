import { assertEquals } from "@std/assert";
import { OpenToolCalls } from "../../lib/claude/open_tool_calls.ts";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { BackgroundTasks } from "../../lib/run/background_tasks.ts";
import { ActivityTracker } from "../../lib/run/current_activity.ts";

/** Records events, one a second. */
function seen(...bodies: readonly EventBody[]): { describe(): string } {
  let now = 0;
  const createEvent = createEventFactory(() => now);
  const calls = new OpenToolCalls();
  const tasks = new BackgroundTasks(calls);
  const activity = new ActivityTracker(calls, tasks);
  for (const body of bodies) {
    const event = createEvent(body);
    tasks.record(event);
    calls.record(event);
    activity.record(event);
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

Deno.test("ActivityTracker reports that claude produced no output", () => {
  assertEquals(seen().describe(), "claude produced no output");
});

Deno.test("ActivityTracker names the last event and its age", () => {
  const { describe } = seen({ type: "text", text: "Hi.", message_id: "m", index: 0 });
  assertEquals(describe(), "last event: text, 1s ago");
});

Deno.test("ActivityTracker names the event before the usage of its message", () => {
  const usage = { input: 1, output: 1, cache_read: 0, cache_write: 0 };
  const { describe } = seen(
    { type: "text", text: "Hi.", message_id: "m", index: 0 },
    { type: "usage", message_id: "m", usage },
  );
  assertEquals(describe(), "last event: text, 2s ago");
});

Deno.test("ActivityTracker names the latest open tool call", () => {
  assertEquals(
    seen(bash("1", "sleep 1"), bash("2", " make\n  all "), bash("3", "true"), over("3")).describe(),
    "Bash (make all) has been running for 3s; last event: tool_result, 1s ago",
  );
  const { describe } = seen(bash("1", "x".repeat(70)), over("2"));
  const shown = `Bash (${"x".repeat(60)}...) has been running for 2s`;
  assertEquals(describe(), `${shown}; last event: tool_result, 1s ago`);
});

Deno.test("ActivityTracker names a background task when no tool runs", () => {
  const last = "last event: task, 1s ago";
  assertEquals(
    seen(task("started", "Wait for it"), task("progress", "Wait for it")).describe(),
    `a background task (Wait for it) has been running for 2s; ${last}`,
  );
  assertEquals(
    seen(task("started")).describe(),
    `a background task has been running for 1s; ${last}`,
  );
  assertEquals(
    seen(task("started", "Wait"), bash("1", "ls")).describe(),
    "Bash (ls) has been running for 1s; last event: tool_use, 1s ago",
  );
  for (const end of ["completed", "failed", "stopped"] as const) {
    assertEquals(seen(task("started", "Wait for it"), task(end)).describe(), last);
  }
  const none: EventBody = {
    type: "notice",
    level: "info",
    kind: "background_tasks",
    text: "no background task is running",
    data: { tasks: [] },
  };
  assertEquals(seen(task("started", "Wait"), none).describe(), "last event: notice, 1s ago");
});
