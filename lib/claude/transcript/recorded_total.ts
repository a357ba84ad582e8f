import { addUsage, type ModelUsage, NO_USAGE, type Usage } from "../../events.ts";
import { roundCost } from "../../util/cost.ts";
import { isJsonObject, type JsonObject } from "../../util/json.ts";
import { isCost } from "../../util/plausible.ts";
import { getPlausible } from "../json_fields.ts";
import { readModels, subtractModels } from "../usage.ts";

/** What all runs of a session have used so far. */
export interface RecordedTotal {
  /** Null if the price of a model is not known. */
  readonly cost_usd: number | null;
  readonly usage: Usage;
  readonly models: { [model: string]: ModelUsage };
}

/**
 * Returns what newer versions record at the end of each run.
 *
 * @returns undefined if the entry is about something else, or nonsense
 */
export function readRecordedTotal(entry: JsonObject): RecordedTotal | undefined {
  if (entry["type"] !== "cost-state") return undefined;
  const usage = entry["modelUsage"];
  const models = isJsonObject(usage) ? readModels(usage) : undefined;
  if (models === undefined) return undefined;
  const cost = getPlausible(entry, "totalCostUSD", isCost);
  const isKnown = cost !== undefined && entry["hasUnknownModelCost"] !== true;
  return { cost_usd: isKnown ? roundCost(cost) : null, usage: sumOf(models), models };
}

/** Returns what was added to an earlier total. */
export function subtractTotal(total: RecordedTotal, earlier?: RecordedTotal): RecordedTotal {
  if (earlier === undefined) return total;
  const models = subtractModels(total.models, earlier.models);
  const isKnown = total.cost_usd !== null && earlier.cost_usd !== null;
  const cost_usd = isKnown ? roundCost(Math.max(0, total.cost_usd - earlier.cost_usd)) : null;
  return { cost_usd, usage: sumOf(models), models };
}

function sumOf(models: RecordedTotal["models"]): Usage {
  return Object.values(models).reduce<Usage>(addUsage, NO_USAGE);
}
