/**
 * Formats numbers and times for people.
 *
 * @module
 */

import { inputTokens, type Usage } from "../events.ts";
import { splitDuration } from "./duration.ts";

/** Seconds have a decimal below this time. */
const DECIMALS_BELOW_MS = 10_000;

/** Formats an elapsed time, rounded down: `0.3s`, `12s`, `2m 05s`, `1h 02m`. */
export function formatSeconds(ms: number): string {
  const { hours, minutes, seconds } = splitDuration(ms);
  if (hours > 0) return `${hours}h ${twoDigits(minutes)}m`;
  if (minutes > 0) return `${minutes}m ${twoDigits(seconds)}s`;
  return ms < DECIMALS_BELOW_MS
    ? `${(Math.floor(seconds * 10) / 10).toFixed(1)}s`
    : `${Math.floor(seconds)}s`;
}

/** The duration of a faster tool is not shown. */
const SLOW_TOOL_MS = 1_000;

/** Formats how long a tool ran; empty if that was short or is not known. */
export function formatToolDuration(ms: number | null): string {
  return ms === null || ms < SLOW_TOOL_MS ? "" : formatSeconds(ms);
}

/** Formats a running clock in whole seconds: `3s`, `2m 05s`. */
export function formatClock(ms: number): string {
  return ms < DECIMALS_BELOW_MS ? `${Math.floor(splitDuration(ms).seconds)}s` : formatSeconds(ms);
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}

/** Formats a number of tokens: `950`, `1.2k`, `123k`, `1.2M`. */
export function formatTokens(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 99_950) return `${(count / 1_000).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1_000)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** Formats the tokens of a run or of a model: `12.3k in 456 out`. */
export function formatUsage(usage: Usage): string {
  return `${formatTokens(inputTokens(usage))} in ${formatTokens(usage.output)} out`;
}

/** Formats a cost: `$1.23`, and with more digits if it is small, `$0.0050`; or that it is unknown. */
export function formatCost(usd: number | null): string {
  if (usd === null) return "cost unknown";
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** Formats a count with its noun: `1 line`, `37 lines`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Formats a time in the time zone of this machine.
 *
 * @param time the time as RFC 3339
 *
 * @example
 * ```ts
 * import { formatLocalMinute } from "./units.ts";
 *
 * console.log(formatLocalMinute("2026-11-22T20:01:09.777Z").length); // 16, as 2026-11-22 20:01
 * ```
 */
export function formatLocalMinute(time: string): string {
  const date = new Date(time);
  return `${formatDay(date)} ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/**
 * Formats the day of a time in the time zone of this machine: `2026-11-22`.
 *
 * @param timeMs the time in milliseconds since 1970
 */
export function formatLocalDay(timeMs: number): string {
  return formatDay(new Date(timeMs));
}

function formatDay(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-");
}

/** Formats a time in UTC, which the readers of a page share: `2026-11-27 19:15 UTC`. */
export function formatUtcMinute(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
