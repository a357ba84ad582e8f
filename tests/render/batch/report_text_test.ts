import { assertEquals } from "@std/assert";
import { ResultsSummary } from "../../../lib/batch/results/results_summary.ts";
import type { TaskResult } from "../../../lib/batch/task_result.ts";
import { batchReportText } from "../../../lib/render/batch/report_text.ts";
import { formatLocalMinute } from "../../../lib/util/units.ts";
import { failedResult, taskResult } from "../../support/task_results.ts";

function linesOf(results: readonly TaskResult[]): readonly string[] {
  const summary = new ResultsSummary();
  for (const result of results) summary.add(result);
  return batchReportText(summary.report).split("\n");
}

Deno.test("batchReportText prints the sums, and the failures by reason", () => {
  const time = formatLocalMinute("2026-11-27T01:00:00.000Z");
  const results = [
    taskResult("src/a.js"),
    failedResult("src/b.js", { reason: "timeout", cost_usd: null, usage: null }),
    ...["a", "b", "c", "d"].map((name) => failedResult(`src/${name}.css`)),
    failedResult("src/天地.js"),
  ];
  assertEquals(linesOf(results), [
    "7 tasks: 1 succeeded, 6 failed",
    "7 executions, at least $0.60, 3m 30s of work",
    `${time} to ${time}`,
    "failed tasks by reason:",
    "  api      5  src/a.css, src/b.css, src/c.css, and 2 more",
    "              no answer for src/a.css",
    "  timeout  1  src/b.js",
    "              no answer for src/b.js",
    "",
  ]);
  const [id] = linesOf([failedResult(`${"long/".repeat(50)}a.js`)]).slice(-3);
  assertEquals(id, `  api  1  …${"long/".repeat(50).slice(-55)}a.js`);
});

Deno.test("batchReportText prints sums without failures", () => {
  const time = formatLocalMinute("2026-11-27T01:00:00.000Z");
  assertEquals(linesOf([taskResult("a")]), [
    "1 task: 1 succeeded, 0 failed",
    "1 execution, $0.10, 80 in 20 out, 30s of work",
    `${time} to ${time}`,
    "",
  ]);
  assertEquals(linesOf([]), ["no results", ""]);
});

Deno.test("batchReportText is safe in a terminal and in the log of a job", () => {
  const text = linesOf([
    failedResult("a\n::error::\x1b]0;title\x07\u202e", {
      error: { kind: "api", message: "\x1b[2J##[error] ::set-output\n::error::x" },
    }),
  ]).join("\n");
  // deno-lint-ignore no-control-regex -- the pattern matches control characters
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(text), false, text);
  assertEquals([/^\s*::/m.test(text), text.includes("##[")], [false, false], text);
});
