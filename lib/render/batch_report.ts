import { type FailureGroup, failuresByReason } from "../batch/failure_table.ts";
import type { ResultsReport } from "../batch/results_summary.ts";
import { escapeWithinLine } from "../terminal/escape_commands.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import { cutStart } from "../terminal/width.ts";
import {
  formatCost,
  formatCount,
  formatLocalMinute,
  formatSeconds,
  formatUsage,
} from "../util/units.ts";

/** Paths differ at their ends, so the beginning of a longer id is cut. */
const MAX_ID_WIDTH = 60;

const MAX_MESSAGE_LENGTH = 300;

/**
 * Returns what `ccrun batch report` prints for people: the sums, and the failures by reason. It is safe in a
 * terminal and in the log of a job.
 */
export function batchReportText(report: ResultsReport): string {
  const lines = sums(report);
  if (report.failed > 0) lines.push("failed tasks by reason:", ...failureTable(report));
  return lines.map((line) => `${line}\n`).join("");
}

function sums(report: ResultsReport): string[] {
  const { tasks, succeeded, failed, executions, usage, started_at, ended_at } = report;
  if (started_at === null || ended_at === null) return ["no results"];
  const used = [formatCount(executions, "execution"), costText(report)];
  if (usage !== null) used.push(formatUsage(usage));
  used.push(`${formatSeconds(report.duration_ms)} of work`);
  return [
    `${formatCount(tasks, "task")}: ${succeeded} succeeded, ${failed} failed`,
    used.join(", "),
    `${formatLocalMinute(started_at)} to ${formatLocalMinute(ended_at)}`,
  ];
}

function costText({ cost_usd, known_cost_usd, unknown_costs, executions }: ResultsReport): string {
  if (cost_usd !== null || unknown_costs === executions) return formatCost(cost_usd);
  return `at least ${formatCost(known_cost_usd)}`;
}

/** Returns two lines for each reason: how many tasks failed and which, and the message of the first one. */
function failureTable({ failures }: ResultsReport): string[] {
  const groups = failuresByReason(failures);
  const reasonWidth = Math.max(...groups.map(({ reason }) => reason.length));
  const countWidth = Math.max(...groups.map(({ count }) => String(count).length));
  const indent = " ".repeat(2 + reasonWidth + 2 + countWidth + 2);
  return groups.flatMap((group) => {
    const reason = group.reason.padEnd(reasonWidth);
    const count = String(group.count).padStart(countWidth);
    const message = escapeWithinLine(sanitizeLine(group.message, MAX_MESSAGE_LENGTH));
    return [`  ${reason}  ${count}  ${idsText(group)}`, indent + message];
  });
}

function idsText({ ids, count }: FailureGroup): string {
  const shown = ids.map((id) => escapeWithinLine(cutStart(sanitizeLine(id), MAX_ID_WIDTH)));
  const more = count - ids.length;
  return shown.join(", ") + (more > 0 ? `, and ${more} more` : "");
}
