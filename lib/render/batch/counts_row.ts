import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { formatClock } from "../../util/units.ts";
import type { RunningTasks } from "./running_tasks.ts";
import type { BatchTotals } from "./totals.ts";
import { formatTotalCost } from "./words.ts";

const SEPARATOR = " · ";

/** The time that is left is shown in seconds. */
const MIN_ESTIMATE_MS = 1_000;

/** The state of a batch that is running. */
export interface BatchState {
  readonly totals: BatchTotals;
  readonly running: RunningTasks;
  /** How long the batch has been running, in milliseconds. */
  readonly elapsedMs: number;
}

/**
 * Formats the last row: how many tasks are done, failed, running and remaining, what they have cost, how long
 * the batch has been running, and how long it will. On a narrow terminal the least important parts are left
 * out.
 */
export function formatCounts(
  { totals, running, elapsedMs }: BatchState,
  columns: number,
  styles: Styles,
): string {
  const { done, failed, total, cost: { usd, knownUsd } } = totals;
  const failures = failed > 0 ? ` (${failed} failed)` : "";
  const active = `${running.count} running`;
  const all = `${done} done${failures}, ${active}, ${total - done - running.count} remaining`;
  const least = `${done}/${total} done${failures}`;
  const cost = totals.ended > 0 ? formatTotalCost(usd, knownUsd) : "";
  const elapsed = formatClock(elapsedMs);
  const left = formatLimitWait(running) ?? formatEstimate(totals, running);
  const longestFirst = [
    [all, cost, elapsed, left],
    [`${least}, ${active}`, cost, elapsed, left],
    [least, cost, left],
    [least, left],
    [`${done}/${total}`, left],
    [`${done}/${total}`],
  ].map((parts) => joinTexts(parts, SEPARATOR));
  const fitting = longestFirst.find((text) => displayWidth(text) <= columns);
  return styles.cyan(cutEnd(fitting ?? longestFirst.at(-1) ?? "", columns));
}

/** Formats a countdown, while tasks wait for a usage limit. */
function formatLimitWait({ continuesAt }: RunningTasks): string | undefined {
  if (continuesAt === undefined) return undefined;
  return `usage limit: ${formatClock(continuesAt - Date.now())} left`;
}

/**
 * Formats the time until the last task ends, if each takes the mean time of those that have ended; empty if
 * that time is not known, or has passed.
 */
function formatEstimate(totals: BatchTotals, running: RunningTasks): string {
  const { meanDurationMs: mean, total, done, start } = totals;
  if (mean === undefined || start === undefined) return "";
  const waiting = total - done - running.count;
  const rests = running.elapsedMs.map((elapsed) => Math.max(0, mean - elapsed));
  const work = waiting * mean + rests.reduce((sum, rest) => sum + rest, 0);
  const parallel = Math.max(1, Math.min(start.jobs, total - done));
  const estimate = work / parallel;
  return estimate < MIN_ESTIMATE_MS ? "" : `~${formatClock(estimate)} left`;
}
