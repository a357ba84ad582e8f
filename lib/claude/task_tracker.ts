import type { EventBody } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";
import { omitUndefined } from "../util/json.ts";
import type { TaskMessage } from "./messages.ts";

type TaskStatus = EventBody<"task">["status"];

/** What the messages about a task have stated. Only the first one describes it in full. */
interface Task {
  toolUseId?: string | undefined;
  description?: string | undefined;
  summary?: string | undefined;
  /** How the task ended. */
  end?: TaskStatus | undefined;
  /** Whether the run waits for it. */
  isOpen: boolean;
}

/** The final statuses of a task, and the names that events have for them. */
const FINAL_STATUSES: ReadonlyMap<string | undefined, TaskStatus> = new Map([
  ["completed", "completed"],
  ["failed", "failed"],
  ["stopped", "stopped"],
  ["killed", "stopped"],
]);

/** How many tasks are tracked. Real sessions have far fewer. */
const MAX_TASKS = 1_000;

/** Tracks background tasks and subagents. */
export class TaskTracker {
  #tasks = new BoundedMap<string, Task>(MAX_TASKS);

  /** Whether a task is running. */
  get hasOpenTasks(): boolean {
    return this.#tasks.values().some(({ isOpen }) => isOpen);
  }

  /** Records that no task is running. How each ended may still be reported. */
  closeAll(): void {
    for (const task of this.#tasks.values()) task.isOpen = false;
  }

  /**
   * Records a message about a task.
   *
   * @returns the event that reports it; undefined if it adds nothing to earlier messages
   */
  record(message: TaskMessage): EventBody<"task"> | undefined {
    const { change, taskId, summary, usage } = message;
    const task: Task = this.#tasks.get(taskId) ?? { isOpen: !message.isAmbient };
    this.#tasks.set(taskId, task);
    task.toolUseId = message.toolUseId ?? task.toolUseId;
    if (change === "task_started") task.description = message.description;
    const description = message.description ?? task.description;
    const end = FINAL_STATUSES.get(message.status);
    if (end !== undefined) task.isOpen = false;
    if (end !== undefined && end === task.end) {
      // The end is reported twice: by an update, and by a notification that may add a summary.
      const isNewSummary = summary !== undefined && summary !== description &&
        summary !== task.summary;
      if (change === "task_updated" || !isNewSummary) return undefined;
    }
    task.end = end ?? task.end;
    task.summary = summary ?? task.summary;
    return omitUndefined<EventBody<"task">>({
      type: "task",
      task_id: taskId,
      tool_use_id: task.toolUseId,
      status: change === "task_started" ? "started" : end ?? "progress",
      description,
      summary,
      usage,
      ambient: message.isAmbient ? true : undefined,
    });
  }
}
