import type { TaskRunEvent } from "../../batch/events.ts";
import { NO_USAGE } from "../../events.ts";
import type { PathContext } from "../../util/display_path.ts";
import { Activity, type Status } from "../pretty/activity.ts";
import { ToolCalls } from "../tool_calls.ts";
import { formatId } from "./words.ts";

/** No row shows a longer id. */
const MAX_ID_COLUMNS = 200;

/** A task that is being executed. */
export class RunningTask {
  /** The id, sanitized. */
  readonly id: string;
  readonly #calls = new ToolCalls();
  readonly #activity: Activity;
  readonly #clock: () => number;
  readonly #startedAt: number;
  #paths: PathContext = {};
  #continuesAt: number | undefined;

  /**
   * Starts the task now.
   *
   * @param clock returns the time in milliseconds
   */
  constructor(id: string, clock: () => number) {
    this.id = formatId(id, MAX_ID_COLUMNS);
    this.#activity = new Activity(this.#calls, clock);
    this.#clock = clock;
    this.#startedAt = clock();
  }

  /** Records an event. */
  record(event: TaskRunEvent): void {
    switch (event.type) {
      // A row shows no text.
      case "text_delta":
      case "thinking_delta":
        return;
      case "start":
      case "session_info":
        if (event.cwd) this.#paths = { cwd: event.cwd };
        this.#continuesAt = undefined;
        break;
      case "tool_use":
        this.#calls.add(event, this.#paths);
        break;
      case "tool_result":
        // Only some of the calls with a result are kept.
        this.#calls.recordResult(event);
        break;
      case "waiting":
        this.#continuesAt = event.reason === "quota" ? Date.parse(event.until) : undefined;
        break;
    }
    this.#activity.record(event);
  }

  /** How long the task has been running, in milliseconds. */
  get elapsedMs(): number {
    return this.#clock() - this.#startedAt;
  }

  /** What the task does, without its tokens. */
  get status(): Status | undefined {
    const status = this.#activity.status();
    return status && { ...status, usage: NO_USAGE };
  }

  /** While the task waits for a usage limit, when it continues, in milliseconds since 1970. */
  get continuesAt(): number | undefined {
    return this.#continuesAt;
  }
}
