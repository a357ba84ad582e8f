import { assertEquals } from "@std/assert";
import type { EventBody } from "../../lib/events.ts";
import { createEventFactory } from "../../lib/events.ts";
import { WorkTracker } from "../../lib/run/work_tracker.ts";

/** Returns a tracker that has seen these events and states, in order. */
function trackerAfter(...seen: readonly (EventBody | "running" | "idle")[]): WorkTracker {
  const createEvent = createEventFactory(() => 0);
  const tracker = new WorkTracker();
  for (const one of seen) {
    if (typeof one === "string") tracker.recordState(one);
    else tracker.recordEvent(createEvent(one));
  }
  return tracker;
}

function task(
  status: "started" | "completed" | "failed" | "stopped",
  ambient = false,
): EventBody<"task"> {
  return { type: "task", task_id: "t1", status, ...(ambient ? { ambient } : {}) };
}

function info(model: string | undefined, mode = "default"): EventBody<"session_info"> {
  return {
    type: "session_info",
    session_id: "s1",
    ...(model === undefined ? {} : { model, permission_mode: mode }),
  };
}

Deno.test("a WorkTracker knows whether claude is in a turn", () => {
  assertEquals(trackerAfter().isWorking, false);
  assertEquals(trackerAfter("running").isWorking, true);
  assertEquals(trackerAfter("running", "idle").isWorking, false);
});

Deno.test("a WorkTracker expects the turn that reports a background task", () => {
  const idle = ["running", task("started"), "idle"] as const;
  assertEquals(trackerAfter(...idle).awaitsTurn, false);
  assertEquals(trackerAfter(...idle, task("completed")).awaitsTurn, true);
  assertEquals(trackerAfter(...idle, task("failed")).awaitsTurn, true);
  assertEquals(trackerAfter(...idle, task("stopped")).awaitsTurn, false);
  assertEquals(trackerAfter(...idle, task("completed", true)).awaitsTurn, false);
  assertEquals(trackerAfter(...idle, task("completed"), "running").awaitsTurn, false);
  // claude is not idle before the turn that reports a task which has ended in a turn.
  assertEquals(
    trackerAfter("running", task("started"), task("completed"), "idle").awaitsTurn,
    false,
  );
});

Deno.test("a claude that changed its options or has scheduled a turn cannot serve another run", () => {
  assertEquals(trackerAfter(info("opus"), info(undefined), info("opus")).unfitness, undefined);
  const changed = "it had changed its model or permission mode";
  assertEquals(trackerAfter(info("opus"), info("haiku")).unfitness, changed);
  assertEquals(trackerAfter(info("opus"), info("opus", "plan")).unfitness, changed);
  const scheduled = "the run before left a scheduled turn";
  const cron: EventBody = { type: "tool_use", id: "1", name: "CronCreate", input: {} };
  assertEquals(trackerAfter(cron).unfitness, scheduled);
  const tracker = trackerAfter();
  tracker.recordSchedule();
  assertEquals(tracker.unfitness, scheduled);
});
