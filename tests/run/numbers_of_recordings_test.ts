import { assert, assertEquals } from "@std/assert";
import { addUsage, NO_USAGE } from "../../lib/events.ts";
import { replay } from "../../lib/run/replay.ts";
import { asObject, type JsonObject } from "../support/json.ts";
import { readRecordings } from "../support/recordings.ts";

/** Returns the tokens of all models, as a result states them. */
function statedTokens(models: JsonObject) {
  return Object.values(models).map(asObject).map((usage) => ({
    input: Number(usage["inputTokens"]),
    output: Number(usage["outputTokens"]),
    cache_read: Number(usage["cacheReadInputTokens"]),
    cache_write: Number(usage["cacheCreationInputTokens"]),
  })).reduce(addUsage, NO_USAGE);
}

/** Returns the fields that count what each result used: of this run, not of its session. */
function statedUsages(lines: readonly string[]): JsonObject[] {
  const results = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "result");
  const sinceLast = results.map((result) => result.model_usage_since_last_result);
  return sinceLast.every(Boolean) ? sinceLast : results.map((result) => result.modelUsage);
}

for (const { name, lines, bytes } of readRecordings()) {
  Deno.test(`the numbers of ${name} are the run's own, and what is not known is null`, async () => {
    const events = await Array.fromAsync(replay(new Blob([bytes]).stream()));
    const exit = events.at(-1);
    assert(exit?.type === "exit");
    const usages = statedUsages(lines);
    const billed = events.some((event) => event.type === "usage" && event.usage.output > 0);
    if (usages.length === 0) {
      assertEquals(exit.cost_usd, null);
      assertEquals(exit.usage === null, !billed);
      return;
    }
    assertEquals(exit.usage, usages.map(statedTokens).reduce(addUsage, NO_USAGE));
    if (billed) assert(exit.cost_usd !== 0, "messages were billed, but the cost is 0");
    const cost = exit.cost_usd ?? 0;
    assertEquals(cost, Number(cost.toFixed(6)), "at most six decimals");
  });
}
