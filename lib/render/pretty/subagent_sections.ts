import type { ToolCall, ToolCalls } from "../tool_calls.ts";

/** The maximum number of calls that are named at once. The outermost ones are left out. */
const MAX_NAMED = 8;

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
    const named: ToolCall[] = [];
    const entered: string[] = [];
    for (let id = parent; id !== undefined;) {
      entered.unshift(id);
      const call = this.#calls.get(id);
      if (call === undefined || this.#isNamed(id, lastCall) || named.length === MAX_NAMED) break;
      named.unshift(call);
      id = call.parent;
    }
    this.#record(entered, named.length === MAX_NAMED);
    return named;
  }

  #isNamed(id: string, lastCall: string | undefined): boolean {
    return id === lastCall || this.#current[this.#calls.depthOf(id) - 1] === id;
  }

  #record(entered: readonly string[], omitsOuterCalls: boolean): void {
    const [outermost] = entered;
    this.#current.length = omitsOuterCalls ? 0 : Math.max(0, this.#calls.depthOf(outermost) - 1);
    for (const id of entered) this.#current[this.#calls.depthOf(id) - 1] = id;
  }
}
