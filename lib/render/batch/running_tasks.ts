import type { BatchEvent } from "../../batch/events.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutStart, displayWidth } from "../../terminal/width.ts";
import { formatClock } from "../../util/units.ts";
import { formatStatus } from "../pretty/format_status.ts";
import { RunningTask } from "./running_task.ts";

const GAP = "  ";

/** Ids take at most this share of the columns. */
const MAX_ID_SHARE = 0.4;

/** Tracks the tasks that are being executed. */
export class RunningTasks {
  readonly #clock: () => number;
  readonly #tasks = new Map<string, RunningTask>();

  /** @param clock returns the time in milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Records an event. */
  record(event: BatchEvent): void {
    switch (event.type) {
      case "batch_start":
      case "batch_end":
        break;
      case "task_end":
        this.#tasks.delete(event.id);
        break;
      default:
        if (event.type === "start" && !this.#tasks.has(event.task)) {
          this.#tasks.set(event.task, new RunningTask(event.task, this.#clock));
        }
        this.#tasks.get(event.task)?.record(event);
    }
  }

  /** How many tasks are running. */
  get count(): number {
    return this.#tasks.size;
  }

  /** How long each task has been running, in milliseconds. */
  get elapsedMs(): number[] {
    return [...this.#tasks.values()].map((task) => task.elapsedMs);
  }

  /** While tasks wait for a usage limit, when the first of them continues, in milliseconds since 1970. */
  get continuesAt(): number | undefined {
    const times = [...this.#tasks.values()].flatMap(({ continuesAt }) => continuesAt ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * Formats the tasks: how long each has been running, its id, and what it does.
   *
   * @param columns the columns of a row
   * @param maxRows the maximum number of rows; the last one counts the tasks that are left out
   */
  format(columns: number, maxRows: number, styles: Styles): string[] {
    if (maxRows < 1) return [];
    const tasks = [...this.#tasks.values()];
    if (tasks.length <= maxRows) return formatRows(tasks, columns, styles);
    const shown = tasks.slice(0, maxRows - 1);
    const more = styles.dim(`… and ${tasks.length - shown.length} more`);
    return [...formatRows(shown, columns, styles), more];
  }
}

function formatRows(tasks: readonly RunningTask[], columns: number, styles: Styles): string[] {
  const maxIdColumns = Math.floor(columns * MAX_ID_SHARE);
  const cells = tasks.map((task) => ({
    clock: formatClock(task.elapsedMs),
    id: cutStart(task.id, maxIdColumns),
    status: task.status,
  }));
  const clockColumns = Math.max(...cells.map(({ clock }) => clock.length));
  const idColumns = Math.max(...cells.map(({ id }) => displayWidth(id)));
  const statusColumns = columns - clockColumns - idColumns - 2 * GAP.length;
  return cells.map(({ clock, id, status }) => {
    const padding = " ".repeat(idColumns - displayWidth(id));
    const activity = status === undefined ? "" : formatStatus(status, statusColumns, styles);
    return styles.dim(clock.padStart(clockColumns)) + GAP + id + padding + GAP + activity;
  });
}
