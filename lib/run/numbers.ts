import { addCost, roundCost } from "../claude/usage.ts";
import { addUsage, type EventOf, type ModelUsage, NO_USAGE, type Usage } from "../events.ts";
import { MessageUsage } from "../util/message_usage.ts";

/**
 * Adds up what a run used: what its results state, and the messages that have followed the last result.
 * What is not known is null.
 */
export class RunNumbers {
  #resultCount = 0;
  #turns: number | null = 0;
  #cost: number | null = 0;
  #usage: Usage | null = NO_USAGE;
  #models = new Map<string, ModelUsage>();
  /** The messages that no result contains yet. */
  #messages = new MessageUsage();
  #messageTurns = 0;

  /** Records the tokens of a message. Those of the same message replace earlier ones. */
  recordUsage(event: EventOf<"usage">): void {
    const isNew = this.#messages.record(event);
    if (isNew && event.parent_tool_use_id === undefined) this.#messageTurns++;
  }

  /** Records a result, which contains the messages before it. */
  recordResult(result: EventOf<"result">): void {
    this.#resultCount++;
    const messages = this.#messages.total;
    // A result can leave out what was billed, for example when the turn was interrupted.
    const isBilled = hasTokens(messages) || hasTokens(result.usage ?? NO_USAGE);
    const cost = isBilled && result.cost_usd === 0 ? null : result.cost_usd;
    const usage = hasTokens(messages) && !hasTokens(result.usage ?? NO_USAGE)
      ? messages
      : result.usage;
    this.#turns = this.#turns === null || result.turns === null ? null : this.#turns + result.turns;
    this.#cost = addCost(this.#cost, cost);
    this.#usage = this.#usage === null || usage === null ? null : addUsage(this.#usage, usage);
    for (const [model, used] of Object.entries(result.models ?? {})) {
      this.#models.set(model, addModelUsage(this.#models.get(model), used));
    }
    this.#messages.clear();
    this.#messageTurns = 0;
  }

  /** The number of requests of the main agent to the model. */
  get turns(): number | null {
    if (this.#hasNothing) return null;
    return this.#turns === null ? null : this.#turns + this.#messageTurns;
  }

  /** The cost in US dollars. Only results state it. */
  get costUsd(): number | null {
    if (this.#resultCount === 0 || !this.#messages.isEmpty || this.#cost === null) return null;
    return roundCost(this.#cost);
  }

  /** The tokens of all agents. */
  get usage(): Usage | null {
    if (this.#hasNothing) return null;
    return this.#usage === null ? null : addUsage(this.#usage, this.#messages.total);
  }

  /** Tokens and cost by model; undefined if they are not known. */
  get models(): { [model: string]: ModelUsage } | undefined {
    return this.#models.size === 0 ? undefined : Object.fromEntries(this.#models);
  }

  get #hasNothing(): boolean {
    return this.#resultCount === 0 && this.#messages.isEmpty;
  }
}

function hasTokens(usage: Usage): boolean {
  return Object.values(usage).some((count) => count > 0);
}

function addModelUsage(one: ModelUsage | undefined, other: ModelUsage): ModelUsage {
  if (one === undefined) return other;
  return { ...addUsage(one, other), cost_usd: addCost(one.cost_usd, other.cost_usd) };
}
