import { givesAnswer, unwrapToolError } from "../../claude/tools.ts";
import type { EventOf } from "../../events.ts";
import type { PathContext } from "../../util/display_path.ts";
import { resultState } from "../../util/tool_call_state.ts";
import type { ReportCall, ReportStep } from "../report.ts";
import type { ToolCounts } from "../tool_calls.ts";
import { toolLabel, unknownToolLabel } from "../tool_label.ts";
import { imagesOf } from "./images.ts";

type MutableCall = { -readonly [Field in keyof ReportCall]: ReportCall[Field] };

/** A call, and where the steps of its subagent belong. */
interface Entry {
  readonly call: MutableCall;
  readonly depth: number;
  readonly subagentSteps: ReportStep[];
}

/** Subagents that are nested deeper are shown at this depth. */
const MAX_DEPTH = 10;

/** The name of a call that is known only by the steps of its subagent. */
const UNKNOWN_PARENT = "subagent";

/** Places tool calls in lists of steps, and the steps of subagents in the calls that started them. */
export class CallSteps {
  /** The last call with each id. */
  readonly #entries = new Map<string, Entry>();
  readonly #calls: ReportCall[] = [];
  readonly #nextNumber: () => number;
  readonly #mainSteps: () => ReportStep[];

  /**
   * @param nextNumber returns the number of the next step
   * @param mainSteps returns the steps of the main agent in the current turn
   */
  constructor(nextNumber: () => number, mainSteps: () => ReportStep[]) {
    this.#nextNumber = nextNumber;
    this.#mainSteps = mainSteps;
  }

  /** Returns the call with an id, unless no event has named it. */
  get(id: string): ReportCall | undefined {
    return this.#entries.get(id)?.call;
  }

  /** Returns the list of steps that an event with this `parent_tool_use_id` belongs to. */
  stepsOf(parent: string | undefined, timeMs: number | null): ReportStep[] {
    if (parent === undefined) return this.#mainSteps();
    return (this.#entries.get(parent) ??
      this.#addUnknown(parent, UNKNOWN_PARENT, undefined, timeMs))
      .subagentSteps;
  }

  /** Adds a call. One that is known only by its subagent keeps its place. */
  add(event: EventOf<"tool_use">, paths: PathContext): void {
    const { id, name, input, parent_tool_use_id: parent, time_ms: timeMs } = event;
    const known = this.#entries.get(id);
    const entry = known?.call.input === null
      ? known
      : this.#addUnknown(id, name, parent === id ? undefined : parent, timeMs);
    Object.assign(entry.call, { name, input, label: toolLabel(name, input, paths) });
  }

  #addUnknown(id: string, name: string, parent: string | undefined, timeMs: number | null): Entry {
    const steps = this.stepsOf(parent, timeMs);
    const depth = parent === undefined ? 0 : (this.#entries.get(parent)?.depth ?? 0) + 1;
    const call = emptyCall(id, name, timeMs);
    const entry = { call, depth, subagentSteps: depth < MAX_DEPTH ? call.steps : steps };
    this.#entries.set(id, entry);
    this.#calls.push(call);
    steps.push({ kind: "call", number: this.#nextNumber(), timeMs, call });
    return entry;
  }

  #getOrAdd(event: EventOf<"tool_result" | "permission_denied">): MutableCall {
    const { tool_use_id: id, name, parent_tool_use_id: parent, time_ms: timeMs } = event;
    return (this.#entries.get(id) ?? this.#addUnknown(id, name, parent, timeMs)).call;
  }

  /** Records the result of a call. A denied call stays denied. */
  recordResult(event: EventOf<"tool_result">): void {
    const call = this.#getOrAdd(event);
    if (call.state !== "denied") call.state = resultState(event);
    call.output = event.is_error ? unwrapToolError(event.text) : event.text;
    call.images = imagesOf(event.content);
    call.diff = event.diff ?? null;
    call.endMs = event.time_ms;
    call.durationMs = event.duration_ms ?? elapsedMs(call);
  }

  /** Records that a call was denied. */
  recordDenial(event: EventOf<"permission_denied">): void {
    const call = this.#getOrAdd(event);
    call.state = "denied";
    call.denialReason ||= event.reason ?? "";
  }

  /** Records that the task of a call has ended, which can be long after the result of the call. */
  recordTaskEnd({ tool_use_id: id, time_ms: timeMs }: EventOf<"task">): void {
    const call = id === undefined ? undefined : this.#entries.get(id)?.call;
    if (call === undefined || timeMs === null) return;
    call.endMs = Math.max(call.endMs ?? timeMs, timeMs);
  }

  /** The counts of the calls so far. */
  get counts(): ToolCounts {
    const calls = this.#calls.filter(({ name, state }) => !givesAnswer(name) || state === "denied");
    const count = (state: ReportCall["state"]) =>
      calls.filter((call) => call.state === state).length;
    return {
      all: calls.filter((call) => call.input !== null).length,
      failed: count("failed"),
      denied: count("denied"),
    };
  }
}

function emptyCall(id: string, name: string, startMs: number | null) {
  const steps: ReportStep[] = [];
  return {
    id,
    name,
    input: null,
    label: unknownToolLabel(name),
    state: "running",
    startMs,
    endMs: null,
    durationMs: null,
    output: null,
    images: [],
    diff: null,
    denialReason: "",
    steps,
  } satisfies ReportCall;
}

function elapsedMs({ startMs, endMs }: ReportCall): number | null {
  return startMs === null || endMs === null ? null : endMs - startMs;
}
