/**
 * Durations such as `90s` and `1h30m`.
 *
 * @module
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The longest duration. A longer one is a typing error; 0 means no limit. */
export const MAX_DURATION_MS = 999 * DAY;

/** The units and their milliseconds, in the order in which they are written. */
const UNITS = [["d", DAY], ["h", HOUR], ["m", MINUTE], ["s", SECOND], ["ms", 1]] as const;

const DURATION = new RegExp(
  `^${UNITS.map(([unit]) => String.raw`(?:(\d+(?:\.\d+)?|\.\d+)${unit})?`).join("")}$`,
);

/**
 * Parses a duration and returns milliseconds. Accepts numbers with the units `d`, `h`, `m`, `s` and
 * `ms`, the greatest first and each at most once, or a bare 0. Any other bare number is rejected,
 * because its unit is not known.
 *
 * @example
 * ```ts
 * import { parseDuration } from "./duration.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDuration("1h30m"), 5_400_000);
 * assertEquals(parseDuration("1.5h"), 5_400_000);
 * assertEquals(parseDuration("0"), 0);
 * assertEquals(parseDuration("90"), undefined);
 * ```
 *
 * @returns undefined if the text is not a duration or exceeds {@linkcode MAX_DURATION_MS}
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  const amounts = DURATION.exec(trimmed)?.slice(1);
  if (trimmed === "" || amounts === undefined) return undefined;
  const ms = UNITS.reduce(
    (sum, [, unitMs], index) => sum + Number(amounts[index] ?? 0) * unitMs,
    0,
  );
  if (ms > MAX_DURATION_MS) return undefined;
  // A tiny duration does not become 0, which may mean that there is no limit.
  return ms > 0 ? Math.max(1, Math.round(ms)) : 0;
}

/** The parts of a duration. */
export interface DurationParts {
  readonly hours: number;
  /** From 0 to 59. */
  readonly minutes: number;
  /** From 0 to less than 60, with milliseconds as decimals. */
  readonly seconds: number;
}

/** Splits a duration into hours, minutes and seconds. Negative durations count as 0. */
export function splitDuration(ms: number): DurationParts {
  const total = Math.max(0, ms);
  return {
    hours: Math.floor(total / HOUR),
    minutes: Math.floor(total % HOUR / MINUTE),
    seconds: total % MINUTE / SECOND,
  };
}

/**
 * Formats a duration so that {@linkcode parseDuration} returns the same one.
 *
 * @example
 * ```ts
 * import { formatDuration } from "./duration.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatDuration(90_000), "1m30s");
 * assertEquals(formatDuration(2_500), "2.5s");
 * assertEquals(formatDuration(500), "500ms");
 * ```
 */
export function formatDuration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms));
  if (rounded > 0 && rounded < SECOND) return `${rounded}ms`;
  const { hours, minutes, seconds } = splitDuration(rounded);
  const parts = [
    [Math.floor(hours / 24), "d"],
    [hours % 24, "h"],
    [minutes, "m"],
    [seconds, "s"],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`).join("") ||
    "0s";
}
