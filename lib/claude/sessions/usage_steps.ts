/**
 * What the entries of a transcript state about tokens and costs.
 *
 * @module
 */

import { NO_USAGE, type Usage } from "../../events.ts";
import { isJsonObject, type JsonObject } from "../../util/json.ts";
import { isCost, isId, isName } from "../../util/plausible.ts";
import { getCountOrNull, getObject, getPlausible } from "../json_fields.ts";
import { SYNTHETIC_MODEL } from "../synthetic_model.ts";
import { timeOf } from "../transcript/entries.ts";
import { readUsage } from "../usage.ts";

/** The tokens of a message of the model. */
export interface MessageStep {
  readonly type: "message";
  /** The id, which copies of the message in other sessions share. */
  readonly id: string;
  /** When it was written, in milliseconds since 1970; null if that is not known. */
  readonly timeMs: number | null;
  readonly model: string | null;
  readonly usage: Usage;
  /** The cost that the first versions of 1.0 record with a message; null if there is none. */
  readonly costUsd: number | null;
  /** Whether a subagent received it. */
  readonly isSubagent: boolean;
  /** Whether the message is known to be a copy. Only versions that record costs mark copies. */
  readonly isCopy: boolean;
}

/** Costs by model in US dollars. The key is null if the models are not known. */
export type Costs = ReadonlyMap<string | null, number>;

/** The cost of a session until now, including that of the session it was forked from. */
export interface CostStep {
  readonly type: "cost";
  /** The time of the entry before it; null if that is not known. */
  readonly timeMs: number | null;
  readonly costs: Costs;
  /** The output tokens that the cost is for; null if they are not known. */
  readonly outputTokens: number | null;
  /** Whether Claude Code knew the prices of all models. */
  readonly isComplete: boolean;
}

/** A message or a cost, in the order of the transcript. */
export type UsageStep = MessageStep | CostStep;

/** No session has more messages. All of them are in memory while it is read. */
const MAX_STEPS = 300_000;

/** The types of entries that {@linkcode UsageCollector} reads. */
export const USAGE_PATTERN = /"(?:type|role)": ?"(?:user|assistant|cost-state)"/;

/** Collects the messages and costs of a session from the entries of its transcript. */
export class UsageCollector {
  readonly #steps: UsageStep[] = [];
  /** The messages by their ids, with their positions. */
  readonly #messages = new Map<string, [position: number, step: MessageStep]>();
  #timeMs: number | null = null;

  /** The messages and costs in order. Each message occurs once. */
  get steps(): readonly UsageStep[] {
    return this.#steps;
  }

  /** Reads the next entry. @throws if there are more messages than any session has */
  read(entry: JsonObject): void {
    if (this.#steps.length > MAX_STEPS) throw new Error("it has too many messages");
    if (entry["type"] === "cost-state") {
      const step = readCost(entry, this.#timeMs);
      if (step !== undefined) this.#steps.push(step);
      return;
    }
    this.#timeMs = timeOf(entry) ?? this.#timeMs;
    const step = entry["type"] === "assistant" ? readMessage(entry) : undefined;
    if (step !== undefined) this.#addMessage(step);
  }

  /** Adds a message, which has an entry for each of its blocks. The last one has all its tokens. */
  #addMessage(step: MessageStep): void {
    const [position, earlier] = this.#messages.get(step.id) ?? [this.#steps.length, undefined];
    const timeMs = earlier?.timeMs ?? step.timeMs;
    const costUsd = step.costUsd ?? earlier?.costUsd ?? null;
    const merged = { ...step, timeMs, costUsd };
    this.#steps[position] = merged;
    this.#messages.set(step.id, [position, merged]);
  }
}

/** Reads a message of the model; returns undefined if Claude Code wrote it, such as an API error. */
function readMessage(entry: JsonObject): MessageStep | undefined {
  const message = getObject(entry, "message");
  if (message["model"] === SYNTHETIC_MODEL) return undefined;
  return {
    type: "message",
    id: getPlausible(message, "id", isId) ?? getPlausible(entry, "uuid", isId) ??
      crypto.randomUUID(),
    timeMs: timeOf(entry) ?? null,
    model: getPlausible(message, "model", isName) ?? null,
    usage: readUsage(message["usage"]) ?? NO_USAGE,
    // The copies of messages in a resumed session state 0.
    costUsd: getPlausible(entry, "costUSD", isCost) || null,
    isSubagent: entry["isSidechain"] === true,
    isCopy: typeof entry["requestSessionId"] === "string" &&
      entry["requestSessionId"] !== entry["sessionId"],
  };
}

function readCost(entry: JsonObject, timeMs: number | null): CostStep | undefined {
  const total = getPlausible(entry, "totalCostUSD", isCost);
  if (total === undefined) return undefined;
  const models = Object.entries(getObject(entry, "modelUsage"))
    .map(([model, usage]) => [model, isJsonObject(usage) ? usage : {}] as const);
  const outputs = models.map(([, usage]) => getCountOrNull(usage, "outputTokens"));
  return {
    type: "cost",
    timeMs,
    costs: readModelCosts(models) ?? new Map([[null, total]]),
    outputTokens: outputs.length === 0
      ? null
      : outputs.reduce((sum, count) => sum === null || count === null ? null : sum + count, 0),
    isComplete: entry["hasUnknownModelCost"] !== true,
  };
}

/** Returns the cost of each model; undefined if a name or a cost is nonsense, or there is none. */
function readModelCosts(
  models: readonly (readonly [model: string, usage: JsonObject])[],
): Map<string, number> | undefined {
  const costs = new Map<string, number>();
  for (const [model, usage] of models) {
    const cost = getPlausible(usage, "costUSD", isCost);
    if (cost === undefined || !isName(model)) return undefined;
    // Messages state the model without the size of its context.
    const name = model.replace(/\[\w+\]$/, "");
    costs.set(name, (costs.get(name) ?? 0) + cost);
  }
  return costs.size === 0 ? undefined : costs;
}
