/**
 * What messages and results state about tokens and cost.
 *
 * @module
 */

import { addUsage, type ModelUsage, NO_USAGE, type Usage } from "../events.ts";
import { addCost, roundCost } from "../util/cost.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { isCost, isCount, isName, isPlausibleSessionId } from "../util/plausible.ts";
import { getPlausible } from "./json_fields.ts";

/** The fields of the `usage` of the Messages API. */
const USAGE_FIELDS = [
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
] as const;

/** The same fields in the totals of a model. */
const MODEL_FIELDS = [
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheCreationInputTokens",
] as const;

/** Reads the `usage` of the Messages API. Returns undefined if it states no tokens, or nonsense. */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const isStated = USAGE_FIELDS.some((field) => isPresent(usage[field]));
  return isStated ? readTokens(usage, USAGE_FIELDS) : undefined;
}

/** Reads counts of tokens. An absent one is 0. Returns undefined if one of them is nonsense. */
function readTokens(
  json: JsonObject,
  [input, output, cacheRead, cacheWrite]: typeof USAGE_FIELDS | typeof MODEL_FIELDS,
): Usage | undefined {
  const usage = {
    input: readTokenCount(json, input),
    output: readTokenCount(json, output),
    cache_read: readTokenCount(json, cacheRead),
    cache_write: readTokenCount(json, cacheWrite),
  };
  const sum = usage.input + usage.output + usage.cache_read + usage.cache_write;
  return Number.isNaN(sum) ? undefined : usage;
}

/** Returns a count of tokens: 0 if it is absent, NaN if it is nonsense. */
function readTokenCount(json: JsonObject, field: string): number {
  if (!isPresent(json[field])) return 0;
  return getPlausible(json, field, isCount) ?? NaN;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Tokens and cost by model. */
type Models = { [model: string]: ModelUsage };

/** What the turn of a result used. */
export interface ResultUsage {
  /** Null if it is not known. */
  readonly cost_usd: number | null;
  /** Null if it is not known. */
  readonly usage: Usage | null;
  readonly models?: Models;
}

/** Options for {@linkcode UsageReader}. */
export interface UsageReaderOptions {
  /** Whether all results are from one process, which can change its session. @default {false} */
  readonly isOneProcess?: boolean | undefined;
}

/**
 * Reads what each result of a process used.
 *
 * Newer versions state what was used since the last result of the process. Before, the totals of the
 * process are stated, so the totals of the last result are subtracted.
 */
export class UsageReader {
  #isOneProcess: boolean;
  #sessionId: string | undefined;
  #totalCost = 0;
  #totalModels: Models = {};
  #apiDurationMs = 0;

  constructor({ isOneProcess = false }: UsageReaderOptions = {}) {
    this.#isOneProcess = isOneProcess;
  }

  /** How long the process has been waiting for the API, in milliseconds, as far as results state it. */
  get apiDurationMs(): number {
    return this.#apiDurationMs;
  }

  /** Reads a message of type `result`. */
  read(json: JsonObject): ResultUsage {
    const apiDurationMs = getPlausible(json, "duration_api_ms", isCount) ?? 0;
    // The results of local commands state 0.
    this.#apiDurationMs = Math.max(this.#apiDurationMs, apiDurationMs);
    if (!this.#isOneProcess) {
      this.#resetForOtherSession(getPlausible(json, "session_id", isPlausibleSessionId));
    }
    const models = this.#readModels(json);
    const cost_usd = this.#readCost(json);
    const mainUsage = readUsage(json["usage"]) ?? null;
    const sinceLast = json["model_usage_since_last_result"];
    if (isJsonObject(sinceLast)) {
      const stated = readModels(sinceLast);
      return stated === undefined ? { cost_usd: null, usage: mainUsage } : usageOf(stated);
    }
    if (Object.keys(models).length > 0) return { ...usageOf(models), cost_usd };
    return { cost_usd, usage: mainUsage };
  }

  /** Starts again at 0, because the totals of another session are those of another process. */
  #resetForOtherSession(sessionId: string | undefined): void {
    if (sessionId === undefined || sessionId === this.#sessionId) return;
    this.#sessionId = sessionId;
    this.#totalCost = 0;
    this.#totalModels = {};
  }

  #readModels(json: JsonObject): Models {
    const totals = isJsonObject(json["modelUsage"]) ? readModels(json["modelUsage"]) ?? {} : {};
    const previous = this.#totalModels;
    this.#totalModels = totals;
    return subtractModels(totals, previous);
  }

  #readCost(json: JsonObject): number | null {
    const total = getPlausible(json, "total_cost_usd", isCost) ??
      getPlausible(json, "cost_usd", isCost);
    if (total === undefined) return null;
    const previous = this.#totalCost;
    this.#totalCost = total;
    // A lower total is that of another process.
    return roundCost(total < previous ? total : total - previous);
  }
}

function usageOf(models: Models): ResultUsage {
  const all = Object.values(models);
  const cost_usd = all.reduce<number | null>((sum, model) => addCost(sum, model.cost_usd), 0);
  const usage = all.reduce(addUsage, NO_USAGE);
  return all.length === 0 ? { cost_usd, usage } : { cost_usd, usage, models };
}

/** Reads the usage of each model. Returns undefined if a name or a count is nonsense. */
export function readModels(json: JsonObject): Models | undefined {
  const models: [model: string, usage: ModelUsage][] = [];
  for (const [model, usage] of Object.entries(json)) {
    if (!isJsonObject(usage)) continue;
    if (!isName(model)) return undefined;
    const tokens = readTokens(usage, MODEL_FIELDS);
    if (tokens === undefined) return undefined;
    const cost = getPlausible(usage, "costUSD", isCost);
    models.push([model, { ...tokens, cost_usd: cost === undefined ? null : roundCost(cost) }]);
  }
  return Object.fromEntries(models);
}

/** Returns what was added to the totals of each model. */
export function subtractModels(totals: Models, previous: Models): Models {
  const added = Object.entries(totals).map(([model, total]) => {
    const earlier = Object.hasOwn(previous, model) ? previous[model] : undefined;
    return [model, earlier === undefined ? total : subtractUsage(total, earlier)] as const;
  });
  return Object.fromEntries(added.filter(([, usage]) => !isUnused(usage)));
}

function subtractUsage(total: ModelUsage, earlier: ModelUsage): ModelUsage {
  // Lower totals are those of another process.
  if (total.output < earlier.output) return total;
  return {
    input: Math.max(0, total.input - earlier.input),
    output: total.output - earlier.output,
    cache_read: Math.max(0, total.cache_read - earlier.cache_read),
    cache_write: Math.max(0, total.cache_write - earlier.cache_write),
    cost_usd: subtractCost(total.cost_usd, earlier.cost_usd),
  };
}

function isUnused(usage: ModelUsage): boolean {
  return Object.values(usage).every((amount) => amount === 0);
}

function subtractCost(total: number | null, earlier: number | null): number | null {
  return total === null || earlier === null ? null : roundCost(Math.max(0, total - earlier));
}
