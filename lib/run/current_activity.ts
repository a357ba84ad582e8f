import { formatDuration } from "../util/duration.ts";
import type { EventOf, RunEvent } from "../events.ts";
import { truncate } from "../util/truncate.ts";

/** A tool or a task that runs. */
interface Running {
  name: string;
  argument: string;
  sinceMs: number;
}

/** The inputs that tell one call of a tool from another, the most telling first. */
const ARGUMENTS = ["command", "file_path", "url", "pattern", "query", "description"] as const;

/** As much of an argument as names it. */
const MAX_ARGUMENT_LENGTH = 60;

/** Below this, tenths of a second tell something. */
const EXACT_BELOW_MS = 10_000;

/** Remembers what a run is at, so that it can be said when it is cut short. */
export class ActivityTracker {
  #tools = new Map<string, Running>();
  #tasks = new Map<string, Running>();
  #last: { type: RunEvent["type"]; timeMs: number } | undefined;

  /** Takes an event of claude's. */
  record(event: RunEvent): void {
    const timeMs = event.time_ms ?? 0;
    this.#last = { type: event.type, timeMs };
    if (event.type === "tool_use") {
      const { name } = event;
      this.#tools.set(event.id, { name, argument: argumentOf(event), sinceMs: timeMs });
    } else if (event.type === "tool_result") {
      this.#tools.delete(event.tool_use_id);
    } else if (event.type === "task") {
      this.#takeTask(event, timeMs);
    } else if (event.type === "result") {
      this.#tools.clear();
    }
  }

  #takeTask({ task_id: id, status, description }: EventOf<"task">, sinceMs: number): void {
    if (status !== "started" && status !== "progress") this.#tasks.delete(id);
    else if (!this.#tasks.has(id)) {
      const argument = description === undefined ? "" : inBrackets(description);
      this.#tasks.set(id, { name: "a background task", argument, sinceMs });
    }
  }

  /** How many tools run. */
  get tools(): number {
    return this.#tools.size;
  }

  /** Whether something has come from claude. */
  get hasBegun(): boolean {
    return this.#last !== undefined;
  }

  /** What is going on, and since when: half a sentence. */
  describe(nowMs: number): string {
    if (this.#last === undefined) return "nothing had come from claude";
    // What a task does is told by its tools, and that of a tool in the foreground is the tool's.
    const one = [...this.#tools.values()].at(-1) ?? [...this.#tasks.values()].at(-1);
    const running = one === undefined
      ? ""
      : `${one.name}${one.argument} was running, for ${roughly(nowMs - one.sinceMs)}; `;
    const { type, timeMs } = this.#last;
    return `${running}the last event was ${type}, ${roughly(nowMs - timeMs)} ago`;
  }
}

function argumentOf({ input }: EventOf<"tool_use">): string {
  const value = ARGUMENTS.map((name) => input[name]).find((value) => typeof value === "string");
  return typeof value === "string" ? inBrackets(value) : "";
}

function inBrackets(text: string): string {
  return ` (${truncate(text.trim().replaceAll(/\s+/g, " "), MAX_ARGUMENT_LENGTH)})`;
}

function roughly(ms: number): string {
  const unit = ms < EXACT_BELOW_MS ? 100 : 1000;
  return formatDuration(Math.round(ms / unit) * unit);
}
