import type { EventBody } from "../events.ts";
import { omitUndefined } from "../util/json.ts";
import type { TaskMessage } from "./messages.ts";

type TaskStatus = EventBody<"task">["status"];

/** What is known about a task. Only its first message describes it in full. */
interface Task {
  toolUseId: string | undefined;
  description: string | undefined;
  summary: string | undefined;
  /** How the task ended, once that is known. */
  end: TaskStatus | undefined;
}

/** The final statuses of a task, and the names that events have for them. */
const FINAL_STATUSES: ReadonlyMap<string | undefined, TaskStatus> = new Map([
  ["completed", "completed"],
  ["failed", "failed"],
  ["stopped", "stopped"],
  ["killed", "stopped"],
]);

/** Tracks background tasks and subagents. */
export class TaskTracker {
  #tasks = new Map<string, Task>();
  #openTasks = new Set<string>();

  /** Whether a task is running. */
  get hasOpenTasks(): boolean {
    return this.#openTasks.size > 0;
  }

  /**
   * Records a message about a task.
   *
   * @returns the event that reports it; undefined if the message repeats what is known
   */
  record(message: TaskMessage): EventBody<"task"> | undefined {
    const { change, taskId, summary, usage } = message;
    const task = this.#task(taskId);
    task.toolUseId = message.toolUseId ?? task.toolUseId;
    if (change === "task_started") task.description = message.description;
    const description = message.description ?? task.description;
    const end = FINAL_STATUSES.get(message.status);
    if (end !== undefined && end === task.end) {
      // The end is reported twice: by an update, and by a notification that may add a summary.
      const isNewSummary = summary !== undefined && summary !== description &&
        summary !== task.summary;
      if (change === "task_updated" || !isNewSummary) return undefined;
    }
    if (end !== undefined) {
      task.end = end;
      this.#openTasks.delete(taskId);
    } else if (task.end === undefined) {
      this.#openTasks.add(taskId);
    }
    task.summary = summary ?? task.summary;
    return omitUndefined<EventBody<"task">>({
      type: "task",
      task_id: taskId,
      tool_use_id: task.toolUseId,
      status: change === "task_started" ? "started" : end ?? "progress",
      description,
      summary,
      usage,
    });
  }

  #task(id: string): Task {
    const known = this.#tasks.get(id);
    if (known !== undefined) return known;
    const task = {
      toolUseId: undefined,
      description: undefined,
      summary: undefined,
      end: undefined,
    };
    this.#tasks.set(id, task);
    return task;
  }
}
