/**
 * Formats facts of a report for the page. What is not known is "unknown".
 *
 * @module
 */

import { splitDuration } from "../../util/duration.ts";
import type { Report } from "../report.ts";
import { formatCost, formatSeconds, formatTokens } from "../../util/units.ts";

const UNKNOWN = "unknown";

const HOURS_OF_DAY = 24;

/** Formats how long something took: `120ms`, `4.5s`, `2m 05s`, `3d 4h`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  const { hours } = splitDuration(ms);
  if (hours < HOURS_OF_DAY) return formatSeconds(ms);
  return `${Math.floor(hours / HOURS_OF_DAY)}d ${hours % HOURS_OF_DAY}h`;
}

/** Formats a cost in US dollars. */
export function formatUsd(usd: number | null): string {
  return usd === null ? UNKNOWN : formatCost(usd);
}

/** Formats a number of tokens. */
export function formatTokenCount(count: number | undefined): string {
  return count === undefined ? UNKNOWN : formatTokens(count);
}

/** Its creation takes time, and a page can have many thousands of numbers. */
const NUMBERS = new Intl.NumberFormat("en-US");

/** Formats a number with separators: `12,345`. */
export function formatNumber(value: number): string {
  return NUMBERS.format(value);
}

/** Formats when something happened, from the start of the session: `0:07`, `1:02:03`, `2d 5:01`. */
export function formatOffset(ms: number): string {
  const { hours, minutes, seconds } = splitDuration(ms);
  if (hours >= HOURS_OF_DAY) {
    const days = Math.floor(hours / HOURS_OF_DAY);
    return `${days}d ${hours % HOURS_OF_DAY}:${twoDigits(minutes)}`;
  }
  const minutesOfHour = hours > 0 ? `${hours}:${twoDigits(minutes)}` : String(minutes);
  return `${minutesOfHour}:${twoDigits(seconds)}`;
}

/** Returns when something happened, as an RFC 3339 time; null if that is not known. */
export function timeAt({ startTime }: Report, ms: number | null): string | null {
  if (startTime === null || ms === null) return null;
  const time = new Date(Date.parse(startTime) + ms);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** Formats a time in UTC with seconds: `2026-11-27 19:15:07 UTC`. */
export function formatUtcSecond(time: string): string {
  return `${time.slice(0, 19).replace("T", " ")} UTC`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}

/** Formats a count with its noun: `1 step`, `12,345 steps`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}
