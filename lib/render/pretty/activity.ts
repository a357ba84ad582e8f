import type { RunEvent } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { formatClock } from "../../util/units.ts";
import type { Status } from "./status_line.ts";
import type { ToolCallRenderer } from "./tool_calls.ts";

/** While text is streamed there is no status row. It returns after this time without a piece. */
const SILENCE_MS = 1_000;

/** Tracks what the status row shows. */
export class Activity {
  readonly #clock: () => number;
  readonly #startedAt: number;
  #phase = "starting claude";
  #streamedAt = -Infinity;
  #retry: { label: string; until: number } | undefined;
  readonly #tasks = new Map<string, string>();
  #tokensIn = 0;
  #tokensOut = 0;

  /** Starts tracking now. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#startedAt = clock();
  }

  /** Records an event. */
  record(event: RunEvent): void {
    switch (event.type) {
      case "session_info":
        if (this.#phase === "starting claude") this.#phase = "waiting for the model";
        break;
      case "text_delta":
      case "thinking_delta":
        this.#retry = undefined;
        this.#phase = event.type === "text_delta" ? "writing" : "thinking";
        this.#streamedAt = this.#clock();
        break;
      case "text":
      case "thinking":
        this.#retry = undefined;
        this.#phase = "waiting for the model";
        this.#streamedAt = -Infinity;
        break;
      case "tool_use":
        this.#retry = undefined;
        break;
      case "tool_result":
        this.#phase = "waiting for the model";
        break;
      case "task": {
        const { task_id: id, status, description, summary } = event;
        const what = description ?? summary ?? this.#tasks.get(id);
        if (status !== "started" && status !== "progress") this.#tasks.delete(id);
        else if (what !== undefined) this.#tasks.set(id, sanitizeLine(what));
        break;
      }
      case "retry": {
        const label = `retry ${event.attempt}/${event.max_retries}`;
        this.#retry = { label, until: this.#clock() + event.delay_ms };
        break;
      }
      case "usage":
        this.#tokensIn += event.usage.input + event.usage.cache_read + event.usage.cache_write;
        this.#tokensOut += event.usage.output;
        break;
      case "result":
        this.#phase = "finishing";
        break;
    }
  }

  /** Returns the current status; undefined while text is streamed. */
  status(calls: ToolCallRenderer): Omit<Status, "frame"> | undefined {
    const now = this.#clock();
    if (now - this.#streamedAt < SILENCE_MS) return undefined;
    return {
      elapsedMs: now - this.#startedAt,
      tokensIn: this.#tokensIn,
      tokensOut: this.#tokensOut,
      ...this.#current(calls, now),
    };
  }

  #current(calls: ToolCallRenderer, now: number) {
    if (this.#retry !== undefined) {
      const left = this.#retry.until - now;
      return { activity: this.#retry.label, argument: left > 0 ? `in ${formatClock(left)}` : "" };
    }
    const running = calls.running();
    const call = running.at(-1);
    if (call !== undefined) {
      const { name, argument } = call.label;
      return {
        activity: name,
        argument,
        activityMs: now - call.startedAt,
        others: running.length - 1,
      };
    }
    const task = [...this.#tasks.values()].at(-1);
    return task === undefined ? { activity: this.#phase } : { activity: "task", argument: task };
  }
}
