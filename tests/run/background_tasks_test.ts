import { assertEquals } from "@std/assert";
import { OpenToolCalls } from "../../lib/claude/open_tool_calls.ts";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { BackgroundTasks } from "../../lib/run/background_tasks.ts";
import { answer } from "../support/rendered_run.ts";

/** Returns the text of the notice after these events. */
function noticeAfter(...bodies: readonly EventBody[]): string | undefined {
  const createEvent = createEventFactory(() => null);
  const calls = new OpenToolCalls();
  const tasks = new BackgroundTasks(calls);
  for (const body of bodies) {
    const event = createEvent(body);
    tasks.record(event);
    calls.record(event);
  }
  return tasks.stoppedNotice()?.text;
}

const task = (
  status: EventBody<"task">["status"],
  id = "server",
): EventBody<"task"> => ({
  type: "task",
  task_id: id,
  tool_use_id: `call of ${id}`,
  status,
  description: `Start the\n ${id}`,
});

const CALL: EventBody = { type: "tool_use", id: "call of server", name: "Bash", input: {} };
const RETURN: EventBody = {
  type: "tool_result",
  tool_use_id: "call of server",
  name: "Bash",
  is_error: false,
  text: "",
  duration_ms: null,
};
const TEXT: EventBody = { type: "text", text: "I stopped it.", message_id: "m", index: 0 };
const RESULT = answer("Done.");
const NO_TASKS: EventBody = {
  type: "notice",
  level: "info",
  kind: "background_tasks",
  text: "no background task is running",
  data: { tasks: [] },
};
const BACKGROUND = [CALL, task("started"), RETURN, TEXT];

Deno.test("BackgroundTasks names the background tasks that were stopped or killed with the run", () => {
  const one = "a background task was stopped with the run: Start the server";
  const rows: readonly (readonly [expected: string | undefined, ...events: EventBody[]])[] = [
    [undefined],
    // Claude Code 2.1.197 stops background commands after its result.
    [one, ...BACKGROUND, RESULT, task("stopped")],
    [one, ...BACKGROUND, task("stopped"), RESULT],
    // Claude Code was killed.
    [one, ...BACKGROUND],
    [one, ...BACKGROUND, task("progress")],
    [
      "2 background tasks were stopped with the run: Start the server, Start the index",
      ...BACKGROUND,
      task("started", "index"),
      task("stopped"),
    ],
    [undefined, ...BACKGROUND, task("completed")],
    [undefined, ...BACKGROUND, task("failed")],
    // The agent has stopped the task itself.
    [undefined, ...BACKGROUND, task("stopped"), TEXT, RESULT],
    // The call waits for the task, so the task is not in the background.
    [undefined, CALL, task("started")],
    [undefined, CALL, task("started"), task("stopped"), RETURN, RESULT],
    // Claude Code has not reported how the task ended.
    [undefined, ...BACKGROUND, NO_TASKS],
    [one, ...BACKGROUND, task("stopped"), NO_TASKS],
    // The session does not wait for the task.
    [undefined, { ...task("started"), ambient: true }, TEXT, RESULT],
    // A task of an earlier run of the session.
    [undefined, task("stopped"), RESULT],
  ];
  for (const [expected, ...events] of rows) assertEquals(noticeAfter(...events), expected);
});
