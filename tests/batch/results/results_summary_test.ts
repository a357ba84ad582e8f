import { assertEquals } from "@std/assert";
import { type ResultsReport, ResultsSummary } from "../../../lib/batch/results/results_summary.ts";
import type { TaskResult } from "../../../lib/batch/task_result.ts";
import { failedResult, taskResult } from "../../support/task_results.ts";

function summarize(results: readonly TaskResult[]): ResultsReport {
  const summary = new ResultsSummary();
  for (const result of results) summary.add(result);
  return summary.report;
}

const at = (minute: number) => ({
  started_at: `2026-11-27T01:${minute}:00.000Z`,
  ended_at: `2026-11-27T01:${minute}:30.000Z`,
});

Deno.test("a report adds up all executions, and has the outcome of each task", () => {
  const results = [
    failedResult("a", { ...at(10), reason: "api" }),
    taskResult("a", { ...at(20), execution: 2 }),
    failedResult("b", { ...at(11), reason: "api" }),
    failedResult("b", { ...at(21), reason: "timeout", execution: 2 }),
    taskResult("c", at(12)),
  ];
  const expected = {
    tasks: 3,
    succeeded: 2,
    failed: 1,
    executions: 5,
    reasons: { success: 2, timeout: 1 },
    cost_usd: 0.5,
    known_cost_usd: 0.5,
    usage: { input: 50, output: 100, cache_read: 150, cache_write: 200 },
    duration_ms: 150_000,
    started_at: at(10).started_at,
    ended_at: at(21).ended_at,
    failures: [{ id: "b", execution: 2, reason: "timeout", message: "no answer for b" }],
  } as const;
  assertEquals(summarize(results), expected);
  assertEquals(summarize(results.toReversed()), expected);
  // The files of two machines can contain the same executions.
  assertEquals(summarize([...results, ...results]), expected);
});

Deno.test("the last execution counts, in any time zone, and a success counts always", () => {
  const early = failedResult("a", { reason: "api", ended_at: "2026-11-27T01:00:00+02:00" });
  const late = failedResult("a", {
    reason: "timeout",
    execution: 2,
    ended_at: "2026-11-26T23:30:00Z",
  });
  const success = taskResult("a", { execution: 3, ended_at: "2026-11-26T20:00:00Z" });
  assertEquals(summarize([early, late]).reasons, { timeout: 1 });
  assertEquals(summarize([late, early]).reasons, { timeout: 1 });
  assertEquals(summarize([success, late]).reasons, { success: 1 });
  assertEquals(summarize([late, success]).reasons, { success: 1 });
});

Deno.test("a report keeps the beginning of a message on one line, or the meaning of the reason", () => {
  const error = { kind: "api", message: `overloaded\n${"x".repeat(100_000)}` } as const;
  const { error: _, ...unexplained } = failedResult("b", { reason: "api" });
  const { failures } = summarize([failedResult("a", { error }), unexplained]);
  const [long = "", meaning] = failures.map(({ message }) => message);
  assertEquals([long.length < 1_000, long.startsWith("overloaded x")], [true, true]);
  assertEquals(meaning, "overloaded, bad request, unknown model, connection lost");
});

Deno.test("a report of nothing is empty, and unknown numbers make a sum unknown", () => {
  const { tasks, cost_usd, started_at, failures } = summarize([]);
  assertEquals([tasks, cost_usd, started_at, failures], [0, 0, null, []]);
  const report = summarize([taskResult("a"), failedResult("b", { cost_usd: null, usage: null })]);
  assertEquals([report.cost_usd, report.known_cost_usd, report.usage], [null, 0.1, null]);
});
