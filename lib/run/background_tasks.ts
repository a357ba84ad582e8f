import type { OpenToolCalls } from "../claude/open_tool_calls.ts";
import type { EventBody, EventOf, RunEvent } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";
import { omitUndefined } from "../util/json.ts";
import { oneLine } from "../util/one_line.ts";
import { truncate, truncateList } from "../util/truncate.ts";

/** How many tasks of each state are tracked. Real sessions have far fewer. */
const MAX_TASKS = 1_000;

/** How many tasks are named; more are counted. */
const MAX_NAMED = 10;

/** The longest description of a task in a notice. */
const MAX_DESCRIPTION_LENGTH = 80;

/** Tracks the background tasks of a run, and those that were stopped with it. */
export class BackgroundTasks {
  #calls: Pick<OpenToolCalls, "get">;
  /** The running tasks. */
  #running = new BoundedMap<string, EventOf<"task">>(MAX_TASKS);
  /** The tasks that were stopped since the agent's last text or tool call, so that it could not react. */
  #stopped = new BoundedMap<string, EventOf<"task">>(MAX_TASKS);

  /** @param calls the open tool calls of the run; the caller records them */
  constructor(calls: Pick<OpenToolCalls, "get">) {
    this.#calls = calls;
  }

  record(event: RunEvent): void {
    if (event.type === "task") this.#recordTask(event);
    if (event.type === "notice" && listsNoTask(event)) this.#running.clear();
    const isOfAgent = event.type === "text" || event.type === "tool_use";
    if (isOfAgent && event.parent_tool_use_id === undefined) this.#stopped.clear();
  }

  /** The ids of the running tasks. */
  get runningIds(): Iterable<string> {
    return this.#running.keys();
  }

  /** The running task that was started last. */
  get latest(): EventOf<"task"> | undefined {
    return [...this.#running.values()].at(-1);
  }

  /** Returns the notice about the tasks that were stopped with the run; undefined if there are none. */
  stoppedNotice(): EventBody<"notice"> | undefined {
    const killed = this.#running.values().filter((task) => !this.#isForeground(task));
    const tasks = [...this.#stopped.values(), ...killed];
    if (tasks.length === 0) return undefined;
    const what = tasks.length === 1
      ? "a background task was"
      : `${tasks.length} background tasks were`;
    const names = truncateList(tasks.map(describe), MAX_NAMED);
    return {
      type: "notice",
      level: "warning",
      kind: "stopped_tasks",
      text: `${what} stopped with the run: ${names}`,
      data: {
        tasks: tasks.map(({ task_id, description }) =>
          omitUndefined<Pick<EventOf<"task">, "task_id" | "description">>({ task_id, description })
        ),
      },
    };
  }

  #recordTask(task: EventOf<"task">): void {
    const { task_id: id, status, ambient } = task;
    if (status === "started" && !ambient) this.#running.set(id, task);
    if (status === "started" || status === "progress") return;
    // A resumed session reports the end of tasks that an earlier run has started.
    const known = this.#running.get(id);
    this.#running.delete(id);
    if (known === undefined || status !== "stopped" || this.#isForeground(known)) return;
    this.#stopped.set(id, known);
  }

  /** Returns whether the tool call that started the task waits for it. */
  #isForeground({ tool_use_id: id }: EventOf<"task">): boolean {
    return id !== undefined && this.#calls.get(id) !== undefined;
  }
}

/** Returns whether a notice states that no background task is running. */
function listsNoTask({ kind, data }: EventOf<"notice">): boolean {
  const tasks = data?.["tasks"];
  return kind === "background_tasks" && Array.isArray(tasks) && tasks.length === 0;
}

function describe({ task_id: id, description }: EventOf<"task">): string {
  return truncate(oneLine(description ?? id), MAX_DESCRIPTION_LENGTH);
}
