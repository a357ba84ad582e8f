/**
 * Formats facts of a report for the page. What is not known is "unknown".
 *
 * @module
 */

import { splitDuration } from "../../util/duration.ts";
import { formatCost, formatSeconds, formatTokens } from "../../util/units.ts";

const UNKNOWN = "unknown";

/** Formats a time in milliseconds. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  return ms < 1_000 ? `${Math.round(ms)}ms` : formatSeconds(ms);
}

/** Formats a cost in US dollars. */
export function formatUsd(usd: number | null): string {
  return usd === null ? UNKNOWN : formatCost(usd);
}

/** Formats a number of tokens. */
export function formatTokenCount(count: number | undefined): string {
  return count === undefined ? UNKNOWN : formatTokens(count);
}

/** Formats a number with separators: `12,345`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

/** Formats when something happened, from the start of the session: `0:07`, `1:02:03`. */
export function formatOffset(ms: number): string {
  const { hours, minutes, seconds } = splitDuration(ms);
  const parts = hours > 0 ? [hours, twoDigits(minutes)] : [minutes];
  return [...parts, twoDigits(seconds)].join(":");
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}

/** Formats a time in UTC, which the readers of a page share: `2026-11-27 19:15 UTC`. */
export function formatUtcMinute(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
