import { addUsage, NO_USAGE, type Usage } from "../../events.ts";
import { roundCost } from "../../util/cost.ts";
import { RecentIds } from "../../util/recent_ids.ts";
import { formatLocalDay } from "../../util/units.ts";
import { type CostHistory, CostIncrements, createCostHistory } from "./cost_increments.ts";
import type { CostStep, MessageStep, UsageStep } from "./usage_steps.ts";

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
  readonly #messages = new RecentIds();
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
    const session: SessionState = {
      workspace,
      costs: new CostIncrements(this.#costHistory),
      groups: new Set(),
      unrecorded: new Set(),
      hasUnknownCost: false,
    };
    for (const step of steps) {
      if (step.type === "message") this.#addMessage(step, session);
      else this.#addCost(step, session);
    }
    const isUnanswered = !steps.some(({ type }) => type === "message");
    if (isUnanswered && this.#by !== "day" && this.#by !== "model") {
      this.#groupOf(session, { timeMs: null, model: null });
    }
    for (const group of session.groups) {
      group.addSession(session.hasUnknownCost || session.unrecorded.has(group));
    }
  }

  #addMessage(message: MessageStep, session: SessionState): void {
    const isRecent = this.#isRecent(message);
    // Some gateways give all messages the same id, but seldom the same tokens.
    const { id, model, usage } = message;
    const isNew = this.#messages.add([id, model, ...Object.values(usage)].join(" "));
    session.costs.readMessage(message, { isNew, isRecent });
    if (!isNew || !isRecent) return;
    const group = this.#groupOf(session, message);
    group.addUsage(message.usage);
    if (message.costUsd === null) session.unrecorded.add(group);
    else group.addCost(message.costUsd);
  }

  #addCost(step: CostStep, session: SessionState): void {
    session.unrecorded.clear();
    const { costs, isComplete } = session.costs.readCost(step);
    if (!this.#isRecent(step)) return;
    if (!isComplete) session.hasUnknownCost = true;
    for (const [model, usd] of costs) {
      if (usd > 0) this.#groupOf(session, { timeMs: step.timeMs, model }).addCost(usd);
    }
  }

  #isRecent({ timeMs }: UsageStep): boolean {
    return timeMs === null || timeMs >= this.#sinceMs;
  }

  /** Returns the group of what a session used at a time with a model. */
  #groupOf(session: SessionState, used: Pick<MessageStep, "timeMs" | "model">): Group {
    const group = this.#group(this.#keyOf(session, used));
    session.groups.add(group);
    return group;
  }

  #keyOf(
    { workspace }: SessionState,
    { timeMs, model }: Pick<MessageStep, "timeMs" | "model">,
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

  #group(key: string | null): Group {
    const group = this.#groups.get(key) ?? new Group();
    this.#groups.set(key, group);
    return group;
  }
}

/** The state while a session is added. */
interface SessionState {
  readonly workspace: string | null;
  readonly costs: CostIncrements;
  /** The groups that the session belongs to. */
  readonly groups: Set<Group>;
  /** Those with messages after the last recorded cost. */
  readonly unrecorded: Set<Group>;
  /** Whether a part of the recorded costs is missing. */
  hasUnknownCost: boolean;
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
