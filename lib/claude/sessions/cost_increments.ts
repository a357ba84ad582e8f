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

/** The costs of all sessions, by the id of the last message before. */
export type CostHistory = Map<string, Costs>;

/** Creates an empty {@linkcode CostHistory}, which keeps the last costs. */
export function createCostHistory(): CostHistory {
  return new BoundedMap(MAX_COSTS);
}

/** Follows the recorded costs of one session. */
export class CostIncrements {
  readonly #history: CostHistory;
  /** The last recorded costs of the session, or those that a fork started with. */
  #previous = NO_COSTS;
  #lastId: string | undefined;
  /** Whether there are messages since the last recorded cost that other sessions do not have. */
  #hasNew = false;
  /** Whether there are messages since then that other sessions have. */
  #hasKnown = false;
  /** The costs that were recorded after the last of those messages. */
  #forkedCosts: Costs | undefined;

  /** Whether one of those messages is a copy, whose original was not read. */
  #hasCopyOfUnread = false;

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
    // Forks do not copy the messages of subagents.
    if (message.isSubagent) return;
    this.#lastId = message.id;
    this.#hasNew ||= isNew;
    this.#hasKnown ||= !isNew;
    this.#hasCopyOfUnread ||= isNew && message.isCopy && !isRecent;
    if (!isNew) this.#forkedCosts = this.#history.get(message.id) ?? this.#forkedCosts;
  }

  /**
   * Returns what the next recorded cost adds for each model, in US dollars.
   *
   * @returns undefined if it includes the cost of a session that was not read
   */
  readCost({ costs }: CostStep): Costs | undefined {
    const isCopy = this.#hasKnown && !this.#hasNew;
    const added = isCopy ? NO_COSTS : subtract(costs, this.#forkedCosts ?? this.#previous);
    const isKnown = !this.#hasCopyOfUnread;
    if (this.#lastId !== undefined) this.#history.set(this.#lastId, costs);
    this.#previous = costs;
    this.#forkedCosts = undefined;
    this.#hasNew = false;
    this.#hasKnown = false;
    this.#hasCopyOfUnread = false;
    return isKnown ? added : undefined;
  }
}

/** Returns what was added to costs. Lower ones are those of a process that started at 0. */
function subtract(costs: Costs, earlier: Costs): Costs {
  if (sumOf(costs) < sumOf(earlier)) return costs;
  return new Map(
    costs.entries().map(([model, usd]) => [model, Math.max(0, usd - (earlier.get(model) ?? 0))]),
  );
}

function sumOf(costs: Costs): number {
  return roundCost(costs.values().reduce((sum, usd) => sum + usd, 0));
}
