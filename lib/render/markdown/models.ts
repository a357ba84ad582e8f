import type { ModelUsage } from "../../events.ts";
import { formatCost, formatTokens } from "../../util/units.ts";
import { codeSpan, escapeMarkdown } from "./escape.ts";

/** The number of models in the table. */
const MAX_MODELS = 20;

/** Returns the table of the tokens and the cost of each model. */
export function renderModels(
  models: readonly (ModelUsage & { readonly name: string })[],
): string[] {
  if (models.length === 0) return [];
  const rows = models.slice(0, MAX_MODELS).map(({ name, ...usage }) => {
    const counts = [usage.input, usage.cache_read, usage.cache_write, usage.output];
    const cells = [...counts.map(formatTokens), escapeMarkdown(formatCost(usage.cost_usd))];
    return `| ${codeSpan(name)} | ${cells.join(" | ")} |`;
  });
  const header = [
    "| Model | Input | Cache read | Cache write | Output | Cost |",
    "| :--- | ---: | ---: | ---: | ---: | ---: |",
  ];
  return ["### Tokens and cost", [...header, ...rows].join("\n")];
}
