/**
 * What each recorded cost of a session adds. The costs are cumulative, and a fork continues with the
 * cost of the session that it was forked from.
 *
 * @module
 */

import { BoundedMap } from "../../util/bounded_map.ts";
import { roundCost } from "../../util/cost.ts";
import type { Costs, CostStep, MessageStep } from "./usage_steps.ts";

/** How many recorded costs are remembered, in case that a later session is a fork. */
const MAX_COSTS = 50_000;

const NO_COSTS: Costs = new Map();

/** Messages since the last recorded cost. */
interface Segment {
  /** Whether no other session has some of them. */
  readonly hasNew: boolean;
  /** Whether other sessions have some of them. */
  readonly hasKnown: boolean;
  /** Whether one of them is a copy whose original was not read. */
  readonly hasCopyOfUnread: boolean;
  /** The costs that another session recorded after one of them. */
  readonly forkedCosts: Costs | undefined;
}

const NO_MESSAGES: Segment = {
  hasNew: false,
  hasKnown: false,
  hasCopyOfUnread: false,
  forkedCosts: undefined,
};

/** The costs of all sessions, by the id of the last message before. */
export type CostHistory = Map<string, Costs>;

/** Creates an empty {@linkcode CostHistory}, which keeps the last costs. */
export function createCostHistory(): CostHistory {
  return new BoundedMap(MAX_COSTS);
}

/** What a recorded cost adds. */
export interface CostIncrement {
  /** The added cost of each model, in US dollars. */
  readonly costs: Costs;
  /** Whether the cost of all messages until now is recorded. */
  readonly isComplete: boolean;
}

/** Follows the recorded costs of one session. */
export class CostIncrements {
  readonly #history: CostHistory;
  /** The last recorded costs of the session. */
  #previous = NO_COSTS;
  #lastId: string | undefined;
  /** The output tokens of the messages, and those without a recorded cost. */
  #outputTokens = 0;
  #missingTokens = 0;
  /** The messages since the last recorded cost. */
  #segment: Segment = NO_MESSAGES;

  constructor(history: CostHistory) {
    this.#history = history;
  }

  /**
   * Reads the next message.
   *
   * @param isNew whether no other session has it
   * @param isRecent whether it is as new as the sessions that are read
   */
  readMessage(message: MessageStep, { isNew, isRecent }: { isNew: boolean; isRecent: boolean }) {
    this.#outputTokens += message.usage.output;
    // Forks do not copy the messages of subagents.
    if (message.isSubagent) return;
    this.#lastId = message.id;
    const { hasNew, hasKnown, hasCopyOfUnread, forkedCosts } = this.#segment;
    this.#segment = {
      hasNew: hasNew || isNew,
      hasKnown: hasKnown || !isNew,
      hasCopyOfUnread: hasCopyOfUnread || isNew && message.isCopy && !isRecent,
      forkedCosts: isNew ? forkedCosts : this.#history.get(message.id) ?? forkedCosts,
    };
  }

  /** Reads the next recorded cost. */
  readCost(step: CostStep): CostIncrement {
    const { hasNew, hasKnown, hasCopyOfUnread, forkedCosts } = this.#segment;
    // Lower costs are those of a process that started at 0.
    const isRestart = sumOf(step.costs) < sumOf(this.#previous);
    const earlier = forkedCosts ?? (isRestart ? NO_COSTS : this.#previous);
    // The fork that has all of the messages was read first.
    const isCounted = hasKnown && !hasNew && forkedCosts === undefined;
    const costs = isCounted || hasCopyOfUnread ? NO_COSTS : subtract(step.costs, earlier);
    // The cost also includes requests that are not stored as messages.
    const missingTokens = Math.max(0, this.#outputTokens - (step.outputTokens ?? Infinity));
    const isComplete = step.isComplete && !hasCopyOfUnread && missingTokens <= this.#missingTokens;
    this.#missingTokens = missingTokens;
    if (this.#lastId !== undefined) this.#history.set(this.#lastId, step.costs);
    this.#previous = step.costs;
    this.#segment = NO_MESSAGES;
    return { costs, isComplete };
  }
}

/** Returns what was added to earlier costs. */
function subtract(costs: Costs, earlier: Costs): Costs {
  return new Map(
    costs.entries().map(([model, usd]) => [model, Math.max(0, usd - (earlier.get(model) ?? 0))]),
  );
}

function sumOf(costs: Costs): number {
  return roundCost(costs.values().reduce((sum, usd) => sum + usd, 0));
}
