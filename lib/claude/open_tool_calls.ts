import type { RunEvent } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";
import type { ToolInput } from "./tools.ts";

/** A tool call whose result has not arrived. */
export interface OpenToolCall {
  readonly id: string;
  /** The tool's name. */
  readonly name: string;
  readonly input: ToolInput;
  /** The tool call whose subagent made this one. */
  readonly parent: string | undefined;
  /** When the call was seen, in milliseconds of the run; null in a replay. */
  readonly startedMs: number | null;
}

/** How many calls are tracked. A recording can lack the results of more. */
const MAX_CALLS = 1_000;

/** Tracks the tool calls that have no result yet. */
export class OpenToolCalls {
  #calls = new BoundedMap<string, OpenToolCall>(MAX_CALLS);

  /**
   * Records an event: a `tool_use` opens a call, and its `tool_result` closes it. A `result` closes
   * the calls that its turn left open; the calls of background subagents stay open.
   */
  record(event: RunEvent): void {
    if (event.type === "tool_use") {
      const { id, name, input, parent_tool_use_id: parent, time_ms: startedMs } = event;
      this.#calls.set(id, { id, name, input, parent, startedMs });
    } else if (event.type === "tool_result") {
      this.#calls.delete(event.tool_use_id);
    } else if (event.type === "result") {
      this.#closeTurn();
    }
  }

  #closeTurn(): void {
    const closed = new Set<string>();
    for (const { id, parent } of this.#calls.values()) {
      if (parent === undefined || closed.has(parent)) closed.add(id);
    }
    for (const id of closed) this.#calls.delete(id);
  }

  /** Returns the open call with this id. */
  get(id: string): OpenToolCall | undefined {
    return this.#calls.get(id);
  }

  /** The call that was opened last. */
  get latest(): OpenToolCall | undefined {
    return [...this.#calls.values()].at(-1);
  }
}
