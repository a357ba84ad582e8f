import type { OpenToolCalls } from "../claude/open_tool_calls.ts";
import { identifyingValue } from "../claude/tools.ts";
import type { RunEvent } from "../events.ts";
import { formatDuration } from "../util/duration.ts";
import { truncate } from "../util/truncate.ts";
import type { BackgroundTasks } from "./background_tasks.ts";

/** The longest value that identifies a call in a message. */
const MAX_VALUE_LENGTH = 60;

/** Durations below this are rounded to tenths of a second, others to seconds. */
const TENTHS_BELOW_MS = 10_000;

/** Tracks what a run is doing, so that a timeout can name it. */
export class ActivityTracker {
  #calls: OpenToolCalls;
  #tasks: BackgroundTasks;
  #last: { readonly type: RunEvent["type"]; readonly timeMs: number } | undefined;

  /**
   * @param calls the open tool calls of the run; the caller records them
   * @param tasks the background tasks of the run; the caller records them
   */
  constructor(calls: OpenToolCalls, tasks: BackgroundTasks) {
    this.#calls = calls;
    this.#tasks = tasks;
  }

  /** Records an event of claude. */
  record({ type, time_ms }: RunEvent): void {
    // A usage follows an event that says more.
    if (type !== "usage") this.#last = { type, timeMs: time_ms ?? 0 };
  }

  /** Whether claude has produced an event. */
  get hasOutput(): boolean {
    return this.#last !== undefined;
  }

  /** Returns what is running and what happened last, for the end of a message. */
  describe(nowMs: number): string {
    if (this.#last === undefined) return "claude produced no output";
    const running = this.#describeRunning(nowMs);
    const { type, timeMs } = this.#last;
    const last = `last event: ${type}, ${approximate(nowMs - timeMs)} ago`;
    return running === undefined ? last : `${running}; ${last}`;
  }

  /** Describes the latest call, or the latest task. The calls of a task show what the task does. */
  #describeRunning(nowMs: number): string | undefined {
    const call = this.#calls.latest;
    if (call !== undefined) {
      const since = approximate(nowMs - (call.startedMs ?? 0));
      const details = inParentheses(identifyingValue(call.input));
      return `${call.name}${details} has been running for ${since}`;
    }
    const task = this.#tasks.latest;
    if (task === undefined) return undefined;
    const since = approximate(nowMs - (task.time_ms ?? 0));
    return `a background task${inParentheses(task.description)} has been running for ${since}`;
  }
}

function inParentheses(text: string | undefined): string {
  if (text === undefined) return "";
  return ` (${truncate(text.trim().replaceAll(/\s+/g, " "), MAX_VALUE_LENGTH)})`;
}

function approximate(ms: number): string {
  const unit = ms < TENTHS_BELOW_MS ? 100 : 1000;
  return formatDuration(Math.round(ms / unit) * unit);
}
