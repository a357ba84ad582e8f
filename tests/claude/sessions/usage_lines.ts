import type { JsonObject } from "../../support/json.ts";
import { assistantLine } from "../../support/session_files.ts";

/** What {@linkcode answerLine} writes. */
export interface AnswerLineOptions {
  readonly id: string;
  readonly time?: string;
  readonly model?: string;
  /** The output tokens. @default {10} */
  readonly output?: number;
  /** Further fields of the line. */
  readonly more?: JsonObject;
}

/** Returns a message of the model with 100 tokens of input. */
export function answerLine(options: AnswerLineOptions): JsonObject {
  const { id, time = "2026-11-20T10:00:00.000Z", model = "opus", output = 10, more } = options;
  const line = assistantLine("Done.", { timestamp: time, ...more });
  const usage = { input_tokens: 100, output_tokens: output };
  return { ...line, message: { ...line.message as JsonObject, id, model, usage } };
}

/**
 * Returns the line with the cost of a session until now.
 *
 * @param outputTokens the output tokens of each model
 */
export function costLine(
  costs: { readonly [model: string]: number },
  outputTokens?: number,
): JsonObject {
  const models = Object.entries(costs).map(([model, costUSD]) => [
    model,
    outputTokens === undefined ? { costUSD } : { costUSD, outputTokens },
  ]);
  const totalCostUSD = Object.values(costs).reduce((sum, usd) => sum + usd, 0);
  return {
    type: "cost-state",
    totalCostUSD,
    modelUsage: Object.fromEntries(models),
    hasUnknownModelCost: false,
  };
}
