import { assertEquals } from "@std/assert";
import { readUsage, UsageReader } from "../../lib/claude/usage.ts";
import { NO_USAGE, type Usage } from "../../lib/events.ts";
import type { JsonObject } from "../support/json.ts";

/** Returns a model's totals, as results state them. */
function model(input: number, output: number, costUSD?: number): JsonObject {
  return {
    inputTokens: input,
    outputTokens: output,
    ...(costUSD === undefined ? {} : { costUSD }),
  };
}

function tokens(input: number, output: number): Usage {
  return { ...NO_USAGE, input, output };
}

/** Reads the results of one process: the cost and the tokens of each. */
function readAll(...results: readonly JsonObject[]) {
  const reader = new UsageReader();
  return results.map((result) => {
    const { cost_usd, usage } = reader.read(result);
    return [cost_usd, usage];
  });
}

Deno.test("readUsage reads the token counts of the Messages API", () => {
  const usage = {
    input_tokens: 1,
    output_tokens: 2,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 4,
    server_tool_use: { web_search_requests: 5 },
  };
  assertEquals(readUsage(usage), { input: 1, output: 2, cache_read: 3, cache_write: 4 });
  assertEquals(readUsage({ input_tokens: 1, output_tokens: null }), tokens(1, 0));
});

Deno.test("readUsage returns undefined if no tokens are stated, or nonsense", () => {
  for (const value of [undefined, null, "x", {}, { output_tokens: null }]) {
    assertEquals(readUsage(value), undefined, JSON.stringify(value));
  }
  for (const nonsense of [-2, 1.5, 1e300, "1", true, []]) {
    const value = { input_tokens: 1, output_tokens: nonsense };
    assertEquals(readUsage(value), undefined, JSON.stringify(value));
  }
});

Deno.test("UsageReader takes what newer versions state since the last result", () => {
  const stated = (models: JsonObject) => ({
    model_usage_since_last_result: models,
    // The totals are those of the session.
    total_cost_usd: 9,
    modelUsage: { opus: model(900, 900, 9) },
    usage: { input_tokens: 1, output_tokens: 1 },
  });
  assertEquals(
    readAll(
      stated({ opus: model(100, 20, 0.01), haiku: model(5, 1, 0.002) }),
      stated({}),
      stated({ opus: model(1, 1, 0.001) }),
      stated({ opus: model(1, 1) }),
    ),
    [[0.012, tokens(105, 21)], [0, tokens(0, 0)], [0.001, tokens(1, 1)], [null, tokens(1, 1)]],
  );
});

Deno.test("UsageReader subtracts the totals of the last result of a process", () => {
  const total = (cost: number, models: JsonObject) => ({
    total_cost_usd: cost,
    modelUsage: models,
    // Without the tokens of subagents.
    usage: { input_tokens: 1, output_tokens: 1 },
  });
  assertEquals(
    readAll(
      total(0.006, { opus: model(100, 10, 0.006) }),
      total(0.012, { opus: model(200, 20, 0.012) }),
      total(0.012, { opus: model(200, 20, 0.012) }),
      total(0.014, { opus: model(200, 20, 0.012), haiku: model(7, 3, 0.002) }),
      // Another process begins again.
      total(0.001, { opus: model(4, 2, 0.001) }),
    ).map(([cost, usage]) => [cost, usage]),
    [
      [0.006, tokens(100, 10)],
      [0.006, tokens(100, 10)],
      [0, tokens(1, 1)],
      [0.002, tokens(7, 3)],
      [0.001, tokens(4, 2)],
    ],
  );
});

Deno.test("UsageReader does not subtract the totals of another session", () => {
  const total = (session_id: string, cost: number, input: number, output: number) => ({
    session_id,
    total_cost_usd: cost,
    modelUsage: { opus: model(input, output, cost) },
  });
  assertEquals(
    readAll(total("s1", 0.006, 100, 10), total("s2", 0.006, 100, 10), total("s2", 0.01, 150, 15)),
    [[0.006, tokens(100, 10)], [0.006, tokens(100, 10)], [0.004, tokens(50, 5)]],
  );
});

Deno.test("UsageReader subtracts the totals of a process that has changed its session", () => {
  const reader = new UsageReader({ isOneProcess: true });
  const costs = [["s1", 0.006], ["s2", 0.006], ["s2", 0.01]].map(([session_id, cost]) =>
    reader.read({ session_id, total_cost_usd: cost }).cost_usd
  );
  assertEquals(costs, [0.006, 0, 0.004]);
});

Deno.test("UsageReader subtracts the last totals from a result that states only totals", () => {
  const opus = model(900, 90, 0.9);
  const stated = { model_usage_since_last_result: { opus: model(10, 5, 0.001) } };
  assertEquals(
    readAll({ ...stated, total_cost_usd: 0.9, modelUsage: { opus } }, {
      total_cost_usd: 0.902,
      modelUsage: { opus: model(920, 92, 0.902) },
    }),
    [[0.001, tokens(10, 5)], [0.002, tokens(20, 2)]],
  );
});

Deno.test("UsageReader does not count nonsense", () => {
  const usage = { input_tokens: 3, output_tokens: 4 };
  for (const odd of [model(-1, 5, 0.1), model(1e300, 5, 0.1), model(1.5, 5, 0.1)]) {
    assertEquals(
      readAll({ usage, total_cost_usd: 9, model_usage_since_last_result: { odd } }),
      [[null, tokens(3, 4)]],
    );
    assertEquals(readAll({ usage, total_cost_usd: 0.5, modelUsage: { odd } }), [
      [0.5, tokens(3, 4)],
    ]);
  }
});

Deno.test("UsageReader knows no cost and no tokens that a result does not state", () => {
  const usage = { input_tokens: 3, output_tokens: 4 };
  const rows: readonly [result: JsonObject, cost: number | null, usage: Usage | null][] = [
    [{}, null, null],
    [{ usage }, null, tokens(3, 4)],
    [{ cost_usd: 0.03 }, 0.03, null],
    [{ total_cost_usd: 0.5, cost_usd: 0.1, usage, modelUsage: {} }, 0.5, tokens(3, 4)],
    [{ total_cost_usd: -1, usage: null, modelUsage: null }, null, null],
    [{ total_cost_usd: "1", modelUsage: { odd: "x" } }, null, null],
  ];
  for (const [result, cost, expected] of rows) {
    assertEquals(readAll(result), [[cost, expected]], JSON.stringify(result));
  }
});

Deno.test("UsageReader rounds costs to six decimals", () => {
  const cost = 0.0049499999999999995;
  assertEquals(readAll({ total_cost_usd: cost }), [[0.00495, null]]);
  const [first] = readAll({ modelUsage: { opus: model(1, 1, cost) }, total_cost_usd: cost });
  assertEquals(first, [0.00495, tokens(1, 1)]);
});

Deno.test("UsageReader reads the usage of each model, even of one named __proto__", () => {
  const modelUsage = JSON.parse(`{
    "opus": {"inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": 3,
      "cacheCreationInputTokens": 4, "costUSD": 0.5, "contextWindow": 9},
    "__proto__": {"inputTokens": 7},
    "odd": "x"
  }`);
  for (const result of [{ modelUsage }, { model_usage_since_last_result: modelUsage }]) {
    const { models } = new UsageReader().read(result);
    assertEquals(Object.entries(models ?? {}), [
      ["opus", { input: 1, output: 2, cache_read: 3, cache_write: 4, cost_usd: 0.5 }],
      ["__proto__", { ...tokens(7, 0), cost_usd: null }],
    ]);
  }
  assertEquals("models" in new UsageReader().read({ modelUsage: {} }), false);
});
