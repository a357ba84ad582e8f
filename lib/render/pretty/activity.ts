import type { EventOf, RunEvent, Usage } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { EventAge } from "../../util/event_age.ts";
import { MessageUsage } from "../../util/message_usage.ts";
import { formatClock } from "../../util/units.ts";
import type { ToolCalls } from "../tool_calls.ts";

/** What the status row shows. All texts are sanitized. */
export interface Status {
  /** The time since the start of the run. */
  readonly elapsedMs: number;
  /** The name of a tool, or a phase of the run. */
  readonly activity: string;
  /** What the tool works on; may be empty. */
  readonly argument: string;
  /** How long the tool has been running; undefined if none is. */
  readonly activityMs: number | undefined;
  /** How many other tools are running. */
  readonly otherTools: number;
  readonly usage: Usage;
}

const STARTING = "starting claude";
const WAITING = "waiting for the model";

/** While text is streamed there is no status row. It returns after this time without a piece. */
const STATUS_AFTER_SILENCE_MS = 1_000;

/** Tracks what the status row shows. */
export class Activity {
  readonly #calls: ToolCalls;
  readonly #clock: () => number;
  readonly #ageOf: EventAge;
  #startedAt: number;
  #phase = STARTING;
  #streamedAt = -Infinity;
  #retry: { label: string; until: number } | undefined;
  /** When the run continues, in milliseconds since 1970, while it waits. */
  #resumesAt: number | undefined;
  /** When the running calls were started, by the clock. */
  readonly #running = new Map<string, number>();
  /** The ids of the calls in the order of their starts. The last one is running. */
  readonly #callOrder: string[] = [];
  /** What the running tasks do, by their ids. */
  readonly #tasks = new Map<string, string>();
  readonly #messages = new MessageUsage();

  /**
   * Starts tracking now.
   *
   * @param calls the calls of the run, which others record
   * @param clock returns the time in milliseconds
   * @param ageOf returns the age of an event that is recorded later than it happened
   */
  constructor(calls: ToolCalls, clock: () => number, ageOf: EventAge = () => 0) {
    this.#calls = calls;
    this.#clock = clock;
    this.#ageOf = ageOf;
    this.#startedAt = clock();
  }

  /** Records an event. */
  record(event: RunEvent): void {
    const happenedAt = this.#clock() - this.#ageOf(event);
    switch (event.type) {
      case "start":
        this.#startedAt = Math.min(this.#startedAt, happenedAt);
        break;
      case "user_text":
        // Each prompt of a stored session starts a run.
        if (event.kind === "prompt") this.#startedAt = happenedAt;
        break;
      case "session_info":
        if (this.#phase === STARTING) this.#phase = WAITING;
        this.#resumesAt = undefined;
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
        this.#phase = WAITING;
        this.#streamedAt = -Infinity;
        break;
      case "tool_use":
        this.#retry = undefined;
        this.#running.set(event.id, happenedAt);
        this.#callOrder.push(event.id);
        break;
      case "tool_progress":
        this.#recordProgress(event);
        break;
      case "tool_result":
        this.#phase = WAITING;
        this.#endCall(event.tool_use_id);
        break;
      case "task":
        this.#recordTask(event);
        break;
      case "retry": {
        const label = `retry ${event.attempt}/${event.max_retries}`;
        this.#retry = { label, until: this.#clock() + event.delay_ms };
        break;
      }
      case "waiting":
        this.#resumesAt = Date.parse(event.until);
        break;
      case "usage":
        this.#messages.record(event);
        break;
      case "result":
        this.#phase = "finishing";
        break;
    }
  }

  #endCall(id: string): void {
    this.#running.delete(id);
    for (let last = this.#callOrder.at(-1); last !== undefined; last = this.#callOrder.at(-1)) {
      if (this.#running.has(last)) return;
      this.#callOrder.pop();
    }
  }

  #recordProgress({ tool_use_id: id, elapsed_ms: elapsedMs }: EventOf<"tool_progress">): void {
    const startedAt = this.#running.get(id);
    if (startedAt === undefined) return;
    this.#running.set(id, Math.min(startedAt, this.#clock() - elapsedMs));
  }

  #recordTask({ task_id: id, status, description, summary }: EventOf<"task">): void {
    const text = description ?? summary;
    if (status !== "started" && status !== "progress") this.#tasks.delete(id);
    else if (text !== undefined) this.#tasks.set(id, sanitizeLine(text));
  }

  /** Returns the current status; undefined while text is streamed. */
  status(): Status | undefined {
    const now = this.#clock();
    if (now - this.#streamedAt < STATUS_AFTER_SILENCE_MS) return undefined;
    return {
      elapsedMs: now - this.#startedAt,
      activity: this.#phase,
      argument: "",
      activityMs: undefined,
      otherTools: 0,
      usage: this.#messages.total,
      ...this.#specificStatus(now),
    };
  }

  /** Returns the status of the retry, tool or task in progress; nothing if there is only a phase. */
  #specificStatus(now: number): Partial<Status> {
    if (this.#resumesAt !== undefined) {
      const left = Math.max(this.#resumesAt - Date.now(), 0);
      return { activity: "waiting", argument: `${formatClock(left)} left` };
    }
    if (this.#retry !== undefined) {
      const left = this.#retry.until - now;
      return { activity: this.#retry.label, argument: left > 0 ? `in ${formatClock(left)}` : "" };
    }
    const id = this.#callOrder.at(-1) ?? "";
    const startedAt = this.#running.get(id);
    const call = this.#calls.get(id);
    if (call !== undefined && startedAt !== undefined) {
      const { name, argument } = call.label;
      const otherTools = this.#running.size - 1;
      return { activity: name, argument, activityMs: now - startedAt, otherTools };
    }
    const task = [...this.#tasks.values()].at(-1);
    return task === undefined ? {} : { activity: "task", argument: task };
  }
}
