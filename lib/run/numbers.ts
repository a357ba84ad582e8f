import { addUsage, type EventOf, type ModelUsage, NO_USAGE, type Usage } from "../events.ts";
import { addCost } from "../util/cost.ts";
import { MessageUsage } from "../util/message_usage.ts";

/** What a run or a part of it used. What is not known is null. */
export type Numbers = Pick<EventOf<"exit">, "turns" | "cost_usd" | "usage" | "models">;

export const UNKNOWN_NUMBERS: Numbers = { turns: null, cost_usd: null, usage: null };

const NOTHING: Numbers = { turns: 0, cost_usd: 0, usage: NO_USAGE };

/** Returns the sums. A sum with an unknown number is not known. */
export function addNumbers(one: Numbers, other: Numbers): Numbers {
  const models = addModels(one.models, other.models);
  return {
    turns: one.turns === null || other.turns === null ? null : one.turns + other.turns,
    cost_usd: addCost(one.cost_usd, other.cost_usd),
    usage: one.usage && other.usage && addUsage(one.usage, other.usage),
    ...(models === undefined ? {} : { models }),
  };
}

/** Adds up what a run used: what its results state, and the messages that have followed the last result. */
export class RunNumbers {
  /** The sums of the results; undefined before the first one. */
  #results: Numbers | undefined;
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
    // A result can leave out what was billed, for example when the turn was interrupted.
    const messages = this.#messages.total;
    const isIncomplete = hasTokens(messages) && !hasTokens(result.usage);
    const usage = isIncomplete ? messages : result.usage;
    const cost_usd = hasTokens(usage) && result.cost_usd === 0 ? null : result.cost_usd;
    this.#results = addNumbers(this.#results ?? NOTHING, { ...result, usage, cost_usd });
    this.#messages.clear();
    this.#messageTurns = 0;
  }

  /** Records what a transcript states about all messages so far. Its results and messages state less. */
  recordTotal(recorded: Partial<Numbers>): void {
    this.#results = { ...this.total, ...recorded };
    this.#messages.clear();
    this.#messageTurns = 0;
  }

  /** The requests of the main agent, and the cost and the tokens of all agents. */
  get total(): Numbers {
    const { isEmpty, total: usage } = this.#messages;
    if (this.#results === undefined && isEmpty) return UNKNOWN_NUMBERS;
    // Only results state a cost.
    const messages = { turns: this.#messageTurns, cost_usd: isEmpty ? 0 : null, usage };
    return addNumbers(this.#results ?? NOTHING, messages);
  }
}

function hasTokens(usage: Usage | null): boolean {
  return usage !== null && Object.values(usage).some((count) => count > 0);
}

type Models = { readonly [model: string]: ModelUsage } | undefined;

/** Returns the sums of each model; undefined if no model is known. */
function addModels(
  one: Models = {},
  other: Models = {},
): { [model: string]: ModelUsage } | undefined {
  const sums = new Map(Object.entries(one));
  for (const [model, usage] of Object.entries(other)) {
    const earlier = sums.get(model) ?? { ...NO_USAGE, cost_usd: 0 };
    const cost_usd = addCost(earlier.cost_usd, usage.cost_usd);
    sums.set(model, { ...addUsage(earlier, usage), cost_usd });
  }
  return sums.size === 0 ? undefined : Object.fromEntries(sums);
}
