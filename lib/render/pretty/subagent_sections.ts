import type { ToolCall, ToolCalls } from "../tool_calls.ts";

/**
 * Keeps the output of subagents apart. A subagent is named by the title of the call that started it,
 * and again if something else was printed since.
 */
export class SubagentSections {
  readonly #calls: ToolCalls;
  /** The subagent that was printed last, at each depth. */
  readonly #current: string[] = [];

  /** Creates sections without subagents. */
  constructor(calls: ToolCalls) {
    this.#calls = calls;
  }

  /**
   * Enters the section of a subagent, or of the main agent. Returns the calls to name before its
   * output, the outermost first.
   *
   * @param lastCall the call whose title is directly above, if there is one
   */
  enter(parent: string | undefined, lastCall: string | undefined): ToolCall[] {
    if (parent === undefined) {
      this.#current.length = 0;
      return [];
    }
    const depth = this.#calls.depthOf(parent);
    const call = this.#calls.get(parent);
    const isNamed = this.#current[depth - 1] === parent || lastCall === parent;
    const named = call === undefined || isNamed ? [] : [...this.enter(call.parent, lastCall), call];
    this.#current.length = depth - 1;
    this.#current[depth - 1] = parent;
    return named;
  }
}
