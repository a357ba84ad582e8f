import { changesInDiff, givesAnswer } from "../claude/tools.ts";
import type { EventOf } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";
import type { PathContext } from "../util/display_path.ts";
import { resultState, type ToolCallState } from "../util/tool_call_state.ts";
import { detach } from "../util/truncate.ts";
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

/**
 * How many tools were called, and how many of the calls failed or were denied. The call that gives the
 * answer does not count, unless it is denied.
 */
export interface ToolCounts {
  readonly all: number;
  readonly failed: number;
  readonly denied: number;
}

/**
 * The maximum number of calls that are kept after their results. They are needed as titles of subagents
 * that run in the background, and for denials that are reported late.
 */
const MAX_ENDED_CALLS = 1_000;

/** Subagents that are nested deeper are shown at this depth. */
const MAX_DEPTH = 50;

/** Tracks the tool calls of a run. */
export class ToolCalls {
  readonly #running = new Map<string, MutableToolCall>();
  /** The calls that have a result, without those that were not used for the longest time. */
  readonly #ended = new BoundedMap<string, MutableToolCall>(MAX_ENDED_CALLS);
  readonly #counts = { all: 0, failed: 0, denied: 0 };

  /** The counts of the calls so far. */
  get counts(): ToolCounts {
    return this.#counts;
  }

  /** Returns a call; undefined if its `tool_use` event was not added, or was long ago. */
  get(id: string): ToolCall | undefined {
    return this.#get(id);
  }

  #get(id: string): MutableToolCall | undefined {
    return this.#running.get(id) ?? this.#ended.get(id);
  }

  /** Returns the depth of the events of a subagent, or of the main agent. */
  depthOf(parent: string | undefined): number {
    if (parent === undefined) return 0;
    return (this.#get(parent)?.depth ?? 0) + 1;
  }

  /** Adds a call and returns it. */
  add(event: EventOf<"tool_use">, paths: PathContext): ToolCall {
    const parent = this.#parentOf(event);
    const call = this.#create(toolLabel(event.name, event.input, paths), parent);
    this.#running.set(event.id, call);
    if (!givesAnswer(event.name)) this.#counts.all++;
    return call;
  }

  /**
   * Returns the parent of a call, unless the events claim that the call is among its own ancestors. The
   * children of a call at the maximum depth become its siblings.
   */
  #parentOf({ id, parent_tool_use_id: parent }: EventOf<"tool_use">): string | undefined {
    for (let at = parent; at !== undefined; at = this.#get(at)?.parent) {
      if (at === id) return undefined;
    }
    if (parent === undefined) return undefined;
    const ended = this.#ended.get(parent);
    if (ended !== undefined) this.#ended.set(parent, ended);
    const call = this.#get(parent);
    return call === undefined || call.depth < MAX_DEPTH ? parent : call.parent;
  }

  #create(label: ToolLabel, parent: string | undefined): MutableToolCall {
    const depth = this.depthOf(parent);
    return { label, depth, parent, state: "running", denialReason: "", lastText: "" };
  }

  #getOrCreate(event: EventOf<"tool_result" | "permission_denied">): MutableToolCall {
    return this.#get(event.tool_use_id) ??
      this.#create(unknownToolLabel(event.name), event.parent_tool_use_id);
  }

  /** Records a text of the subagent that a call started. */
  recordText(parent: string, text: string): void {
    const call = this.#running.get(parent);
    if (call?.state === "running" && text.trim() !== "") call.lastText = text.trim();
  }

  /** Records a result and returns its call. A denied call stays denied. */
  recordResult(event: EventOf<"tool_result">): ToolCall {
    const { tool_use_id: id } = event;
    const call = this.#getOrCreate(event);
    if (call.state !== "denied") call.state = resultState(event);
    if (event.diff !== undefined) call.label = withDiff(call.label, event.diff);
    if (call.state === "failed" && !givesAnswer(event.name)) this.#counts.failed++;
    if (this.#running.delete(id)) this.#ended.set(id, withoutOutput(call));
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
    if (givesAnswer(event.name)) this.#counts.all++;
    else if (hasFailed) this.#counts.failed--;
    this.#counts.denied++;
    call.state = "denied";
    call.denialReason = reason;
    return hasFailed && reason.trim() === "" ? undefined : call;
  }
}

/** Returns a label with the change of a file, unless it has the change already, or other output. */
function withDiff(label: ToolLabel, diff: string): ToolLabel {
  return label.output === "nothing"
    ? { ...label, output: "changes", ...changesInDiff(diff) }
    : label;
}

/** Returns a copy without what is needed only until the result. Its texts keep no longer ones alive. */
function withoutOutput(call: MutableToolCall): MutableToolCall {
  const argument = detach(call.label.argument);
  const label = { ...call.label, argument, details: "", changes: [] };
  return { ...call, label, denialReason: "", lastText: "" };
}
