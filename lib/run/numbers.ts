import { addCost, roundCost } from "../claude/usage.ts";
import { addUsage, type EventOf, type ModelUsage, NO_USAGE, type Usage } from "../events.ts";

/** How many messages are remembered. A message is repeated only while it is one of the last. */
const MAX_MESSAGES = 100;

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
  /** The tokens of the last messages that no result contains yet, by their ids. */
  #messages = new Map<string, Usage>();
  /** The sum of the messages before those. */
  #messageUsage: Usage = NO_USAGE;
  #messageTurns = 0;

  /** Records the tokens of a message. Those of the same message replace earlier ones. */
  recordUsage({ message_id: id, parent_tool_use_id: parent, usage }: EventOf<"usage">): void {
    if (!this.#messages.has(id) && parent === undefined) this.#messageTurns++;
    this.#messages.set(id, usage);
    const [oldest] = this.#messages;
    if (this.#messages.size <= MAX_MESSAGES || oldest === undefined) return;
    this.#messages.delete(oldest[0]);
    this.#messageUsage = addUsage(this.#messageUsage, oldest[1]);
  }

  /** Records a result, which contains the messages before it. */
  recordResult(result: EventOf<"result">): void {
    this.#resultCount++;
    const messages = this.#uncountedUsage;
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
    this.#messageUsage = NO_USAGE;
    this.#messageTurns = 0;
  }

  /** The number of requests of the main agent to the model. */
  get turns(): number | null {
    if (this.#hasNothing) return null;
    return this.#turns === null ? null : this.#turns + this.#messageTurns;
  }

  /** The cost in US dollars. Only results state it. */
  get costUsd(): number | null {
    if (this.#resultCount === 0 || this.#hasUncounted || this.#cost === null) return null;
    return roundCost(this.#cost);
  }

  /** The tokens of all agents. */
  get usage(): Usage | null {
    if (this.#hasNothing) return null;
    return this.#usage === null ? null : addUsage(this.#usage, this.#uncountedUsage);
  }

  /** Tokens and cost by model; undefined if they are not known. */
  get models(): { [model: string]: ModelUsage } | undefined {
    return this.#models.size === 0 ? undefined : Object.fromEntries(this.#models);
  }

  get #hasUncounted(): boolean {
    return this.#messages.size > 0;
  }

  get #hasNothing(): boolean {
    return this.#resultCount === 0 && !this.#hasUncounted;
  }

  get #uncountedUsage(): Usage {
    return this.#messages.values().reduce(addUsage, this.#messageUsage);
  }
}

function hasTokens(usage: Usage): boolean {
  return Object.values(usage).some((count) => count > 0);
}

function addModelUsage(one: ModelUsage | undefined, other: ModelUsage): ModelUsage {
  if (one === undefined) return other;
  return { ...addUsage(one, other), cost_usd: addCost(one.cost_usd, other.cost_usd) };
}
