import type { EventOf } from "../events.ts";
import type { PathContext } from "../util/display_path.ts";
import { resultState, type ToolCallState } from "../util/tool_call_state.ts";
import { type ToolLabel, toolLabel, unknownToolLabel } from "./tool_label.ts";

/** A tool call of a run. */
export interface ToolCall {
  readonly label: ToolLabel;
  /** How many subagents the call is nested in. */
  readonly depth: number;
  /** The id of the call that started the subagent of this call. */
  readonly parent: string | undefined;
  readonly state: ToolCallState;
  /** Why it was denied; may be empty. */
  readonly denialReason: string;
  /** The last text of the subagent that the call started. Its result repeats the text. */
  readonly lastText: string;
}

type MutableToolCall = { -readonly [Field in keyof ToolCall]: ToolCall[Field] };

/** How many tools were called, and how many of the calls failed or were denied. */
export interface ToolCounts {
  readonly all: number;
  readonly failed: number;
  readonly denied: number;
}

/** Tracks the tool calls of a run. */
export class ToolCalls {
  readonly #calls = new Map<string, MutableToolCall>();
  readonly #counts = { all: 0, failed: 0, denied: 0 };

  /** The counts of the calls so far. */
  get counts(): ToolCounts {
    return this.#counts;
  }

  /** Returns a call; undefined if its `tool_use` event was not added. */
  get(id: string): ToolCall | undefined {
    return this.#calls.get(id);
  }

  /** Returns the depth of the events of a subagent, or of the main agent. */
  depthOf(parent: string | undefined): number {
    if (parent === undefined) return 0;
    return (this.#calls.get(parent)?.depth ?? 0) + 1;
  }

  /** Adds a call and returns it. */
  add(event: EventOf<"tool_use">, paths: PathContext): ToolCall {
    const parent = this.#acyclicParent(event.id, event.parent_tool_use_id);
    const call = this.#create(toolLabel(event.name, event.input, paths), parent);
    this.#calls.set(event.id, call);
    this.#counts.all++;
    return call;
  }

  /** Returns the parent, unless the events claim that a call is among its own ancestors. */
  #acyclicParent(id: string, parent: string | undefined): string | undefined {
    for (let at = parent; at !== undefined; at = this.#calls.get(at)?.parent) {
      if (at === id) return undefined;
    }
    return parent;
  }

  #create(label: ToolLabel, parent: string | undefined): MutableToolCall {
    const depth = this.depthOf(parent);
    return { label, depth, parent, state: "running", denialReason: "", lastText: "" };
  }

  #getOrCreate(event: EventOf<"tool_result" | "permission_denied">): MutableToolCall {
    return this.#calls.get(event.tool_use_id) ??
      this.#create(unknownToolLabel(event.name), event.parent_tool_use_id);
  }

  /** Records a text of the subagent that a call started. */
  recordText(parent: string, text: string): void {
    const call = this.#calls.get(parent);
    if (call?.state === "running" && text.trim() !== "") call.lastText = text.trim();
  }

  /** Records a result and returns its call. A denied call stays denied. */
  recordResult(event: EventOf<"tool_result">): ToolCall {
    const { tool_use_id: id } = event;
    const call = this.#getOrCreate(event);
    if (call.state !== "denied") call.state = resultState(event);
    if (call.state === "failed") this.#counts.failed++;
    if (this.#calls.has(id)) {
      // The call stays known, because its subagent may continue. The rest is dropped to save memory.
      this.#calls.set(id, { ...call, label: { ...call.label, changes: [] }, lastText: "" });
    }
    return call;
  }

  /**
   * Records a denial and returns its call. Returns `undefined` if the denial adds nothing to what was
   * recorded: an earlier denial, or the failure of the call.
   */
  recordDenial(event: EventOf<"permission_denied">): ToolCall | undefined {
    const call = this.#getOrCreate(event);
    const { reason = "" } = event;
    if (call.state === "denied") return undefined;
    const hasFailed = call.state === "failed";
    if (hasFailed) this.#counts.failed--;
    this.#counts.denied++;
    call.state = "denied";
    call.denialReason = reason;
    return hasFailed && reason.trim() === "" ? undefined : call;
  }
}
