/**
 * Durations as a person gives them and is told them: `90s`, `1h30m`.
 *
 * @module
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The longest duration: more is a slip of the finger, and no limit is said as 0. */
export const MAX_DURATION_MS = 999 * DAY;

/** The units in milliseconds, in the order in which they are written. */
const UNITS = [["d", DAY], ["h", HOUR], ["m", MINUTE], ["s", SECOND], ["ms", 1]] as const;

const DURATION = new RegExp(
  `^${UNITS.map(([unit]) => String.raw`(?:(\d+(?:\.\d+)?|\.\d+)${unit})?`).join("")}$`,
);

/**
 * Reads a duration, in milliseconds: numbers with their units `d`, `h`, `m`, `s`
 * and `ms`, the greatest first and each at most once, or a bare 0. Another bare
 * number is none, for it does not say of what.
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
 * @returns undefined for what is no duration, or longer than {@linkcode MAX_DURATION_MS}
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  const amounts = DURATION.exec(trimmed)?.slice(1);
  if (trimmed === "" || amounts === undefined) return undefined;
  const ms = UNITS.reduce((sum, [, length], at) => sum + Number(amounts[at] ?? 0) * length, 0);
  if (ms > MAX_DURATION_MS) return undefined;
  // Only what is nothing becomes 0, which may mean that there is no limit.
  return ms > 0 ? Math.max(1, Math.round(ms)) : 0;
}

/**
 * Writes a duration so that {@linkcode parseDuration} reads the same one.
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
  let left = Math.max(0, Math.round(ms));
  if (left > 0 && left < SECOND) return `${left}ms`;
  let text = "";
  for (const [unit, length] of UNITS.slice(0, 3)) {
    const count = Math.floor(left / length);
    left %= length;
    if (count > 0) text += `${count}${unit}`;
  }
  return left > 0 || text === "" ? `${text}${left / SECOND}s` : text;
}
