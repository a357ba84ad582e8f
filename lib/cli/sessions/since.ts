import { parseDuration } from "../../util/duration.ts";
import { isTime } from "../../util/plausible.ts";

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;

/**
 * Parses the value of `--since`: a duration before now, a date, which starts at midnight in the time
 * zone of this machine, or an RFC 3339 time.
 *
 * @param nowMs the current time in milliseconds since 1970
 * @returns the time in milliseconds since 1970; undefined if the text is none of them
 *
 * @example
 * ```ts
 * import { parseSince } from "./since.ts";
 *
 * console.log(parseSince("1h", 7_200_000)); // 3600000
 * ```
 */
export function parseSince(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (isTime(trimmed)) return Date.parse(trimmed);
  const [, year, month, day] = DATE.exec(trimmed)?.map(Number) ?? [];
  if (year !== undefined && month !== undefined && day !== undefined) {
    const date = new Date(year, month - 1, day);
    // February 30 would be in March.
    return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
  }
  const duration = parseDuration(trimmed);
  return duration === undefined ? undefined : nowMs - duration;
}
