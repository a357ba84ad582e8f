/**
 * The words that the log, the terminal and the summary of a batch share.
 *
 * @module
 */

import type { BatchEnd, BatchStart } from "../../batch/events.ts";
import type { Changes } from "../../batch/task_result.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutStart } from "../../terminal/width.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { sliceEnd } from "../../util/truncate.ts";
import { formatCost, formatCount, formatLocalMinute, formatSeconds } from "../../util/units.ts";
import type { BatchTotals } from "./totals.ts";

/** The columns of an id in a message or a table. */
export const MAX_ID_COLUMNS = 60;

/** Wider than any id that is shown. */
const MAX_ID_LENGTH = 1_000;

/** Returns an id on one line, sanitized. A long one loses its beginning, because paths differ at their ends. */
export function formatId(id: string, columns: number = MAX_ID_COLUMNS): string {
  return cutStart(sanitizeLine(sliceEnd(id, MAX_ID_LENGTH)), columns);
}

/** Returns how many tasks there are, how many of them are skipped, and how many run at the same time. */
export function countTasks({ tasks, skipped, jobs }: BatchStart): string[] {
  return [
    formatCount(tasks, "task"),
    ...(skipped > 0 ? [`${skipped} skipped because they succeeded before`] : []),
    formatCount(jobs, "job"),
  ];
}

/** Formats what a task has changed: `3 files, +10 -2, 1 untracked, 2 commits`. */
export function formatChanges(changes: Changes): string {
  const { files, insertions, deletions, untracked, commits } = changes;
  return joinTexts([
    files > 0 ? `${formatCount(files, "file")}, +${insertions} -${deletions}` : "",
    untracked > 0 ? `${untracked} untracked` : "",
    commits > 0 ? formatCount(commits, "commit") : "",
  ], ", ");
}

/** Formats a sum of costs in US dollars, or the sum of those that are known. */
export function formatTotalCost(usd: number | null, knownUsd: number): string {
  return usd !== null || knownUsd === 0 ? formatCost(usd) : `at least ${formatCost(knownUsd)}`;
}

/** Formats the end of a batch: `188 succeeded, 3 failed, 9 remaining, $12.34, 1h 02m`. */
export function formatEnd(end: BatchEnd, { cost }: BatchTotals): string {
  return [
    `${end.succeeded} succeeded`,
    `${end.failed} failed`,
    `${end.remaining} remaining`,
    formatTotalCost(end.cost_usd, cost.knownUsd),
    formatSeconds(end.duration_ms),
  ].join(", ");
}

/** Returns what precedes the command that runs the rest. */
export function resumeTitle({ resets_at: resetsAt }: BatchEnd): string {
  const time = resetsAt === undefined ? "" : ` after ${formatLocalMinute(resetsAt)}`;
  return `to run the rest${time}:`;
}
