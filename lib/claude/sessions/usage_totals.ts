import { addUsage, NO_USAGE, type Usage } from "../../events.ts";
import { roundCost } from "../../util/cost.ts";
import { formatLocalDay } from "../../util/units.ts";
import { type CostHistory, CostIncrements, createCostHistory } from "./cost_increments.ts";
import { RecentIds } from "./recent_ids.ts";
import type { UsageStep } from "./usage_steps.ts";

/** What totals can be grouped by. */
export type Grouping = "day" | "model" | "workspace";

/** What the sessions of a group used. */
export interface Total {
  readonly sessions: number;
  readonly usage: Usage;
  /** The sum of the recorded costs in US dollars; null if no cost is recorded. */
  readonly cost_usd: number | null;
  /** The number of sessions whose cost is not recorded, or only in part. */
  readonly sessions_without_cost: number;
}

/** What a session used. */
export interface SessionUsage {
  /** The directory that the session started in; null if it is not known. */
  readonly workspace: string | null;
  readonly steps: readonly UsageStep[];
}

/** Options for {@linkcode UsageTotals}. */
export interface UsageTotalsOptions {
  /** What the totals are grouped by. @default {nothing} */
  readonly by?: Grouping | undefined;
  /** Only what was used from then on is counted, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
}

/**
 * Adds up what sessions used. A message that several sessions contain, because a session was forked, or
 * resumed by an old version, is counted in the first of them.
 */
export class UsageTotals {
  readonly #by: Grouping | undefined;
  readonly #sinceMs: number;
  readonly #groups = new Map<string | null, Group>();
  readonly #messageIds = new RecentIds();
  readonly #costHistory: CostHistory = createCostHistory();

  constructor({ by, sinceMs = -Infinity }: UsageTotalsOptions = {}) {
    this.#by = by;
    this.#sinceMs = sinceMs;
    if (by === undefined) this.#group(null);
  }

  /**
   * The totals by their keys. A key is null if it is not known. Without a grouping, there is one total,
   * whose key is null.
   */
  get totals(): ReadonlyMap<string | null, Total> {
    return new Map(this.#groups.entries().map(([key, group]) => [key, group.total]));
  }

  /** Adds a session. It should be added before the sessions that were forked from it. */
  add({ workspace, steps }: SessionUsage): void {
    const costs = new CostIncrements(this.#costHistory);
    const groups = new Set<Group>();
    /** The groups with messages after the last recorded cost. */
    const unrecorded = new Set<Group>();
    let hasUnknownCost = false;
    const groupOf = (timeMs: number | null, model: string | null) => {
      const group = this.#group(this.#keyOf({ timeMs, model, workspace }));
      groups.add(group);
      return group;
    };
    for (const step of steps) {
      const isRecent = step.timeMs === null || step.timeMs >= this.#sinceMs;
      if (step.type === "message") {
        const isNew = this.#messageIds.add(step.id);
        costs.readMessage(step, { isNew, isRecent });
        if (!isNew || !isRecent) continue;
        const group = groupOf(step.timeMs, step.model);
        group.addUsage(step.usage);
        if (step.costUsd === null) unrecorded.add(group);
        else group.addCost(step.costUsd);
        continue;
      }
      unrecorded.clear();
      const added = costs.readCost(step);
      if (!isRecent) continue;
      hasUnknownCost ||= !added.isComplete;
      for (const [model, usd] of added.costs) if (usd > 0) groupOf(step.timeMs, model).addCost(usd);
    }
    if (steps.length === 0) unrecorded.add(groupOf(null, null));
    for (const group of groups) group.addSession(hasUnknownCost || unrecorded.has(group));
  }

  #group(key: string | null): Group {
    const group = this.#groups.get(key) ?? new Group();
    this.#groups.set(key, group);
    return group;
  }

  #keyOf(
    { timeMs, model, workspace }: {
      timeMs: number | null;
      model: string | null;
      workspace: string | null;
    },
  ): string | null {
    switch (this.#by) {
      case "day":
        return timeMs === null ? null : formatLocalDay(timeMs);
      case "model":
        return model;
      case "workspace":
        return workspace;
      case undefined:
        return null;
    }
  }
}

class Group {
  #sessions = 0;
  #sessionsWithoutCost = 0;
  #usage = NO_USAGE;
  #costUsd = 0;

  get total(): Total {
    const isUnknown = this.#costUsd === 0 && this.#sessions > 0 &&
      this.#sessions === this.#sessionsWithoutCost;
    return {
      sessions: this.#sessions,
      usage: this.#usage,
      cost_usd: isUnknown ? null : roundCost(this.#costUsd),
      sessions_without_cost: this.#sessionsWithoutCost,
    };
  }

  addUsage(usage: Usage): void {
    this.#usage = addUsage(this.#usage, usage);
  }

  addCost(usd: number): void {
    this.#costUsd += usd;
  }

  addSession(isWithoutCost: boolean): void {
    this.#sessions++;
    if (isWithoutCost) this.#sessionsWithoutCost++;
  }
}
