import type { ResultsReport } from "../../batch/results/results_summary.ts";
import { escapeLogCommands } from "../../terminal/escape_commands.ts";
import { createStyles } from "../../terminal/styles.ts";
import { formatCount, formatLocalMinute, formatSeconds, formatUsage } from "../../util/units.ts";
import { formatFailures } from "./end_table.ts";
import { FailureGroups } from "./failure_groups.ts";
import { formatTotalCost } from "./words.ts";

const PLAIN = createStyles(false);

/**
 * Returns what `ccrun batch report` prints for people: the sums, and the failures by reason. It is safe in a
 * terminal and in the log of a job.
 */
export function batchReportText(report: ResultsReport): string {
  const lines = sums(report);
  if (report.failed > 0) {
    const groups = new FailureGroups();
    for (const failure of report.failures) groups.add(failure);
    const table = formatFailures(groups.byCount, undefined, PLAIN);
    lines.push("failed tasks by reason:", ...table.map(escapeLogCommands));
  }
  return lines.map((line) => `${line}\n`).join("");
}

function sums(report: ResultsReport): string[] {
  const { tasks, succeeded, failed, executions, usage, started_at, ended_at } = report;
  if (started_at === null || ended_at === null) return ["no results"];
  const used = [
    formatCount(executions, "execution"),
    formatTotalCost(report.cost_usd, report.known_cost_usd),
  ];
  if (usage !== null) used.push(formatUsage(usage));
  used.push(`${formatSeconds(report.duration_ms)} of work`);
  return [
    `${formatCount(tasks, "task")}: ${succeeded} succeeded, ${failed} failed`,
    used.join(", "),
    `${formatLocalMinute(started_at)} to ${formatLocalMinute(ended_at)}`,
  ];
}
