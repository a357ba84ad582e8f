/**
 * The versions of Claude Code that ccrun was measured with.
 *
 * @module
 */

/** The oldest and the newest of them. */
export const MEASURED_VERSIONS = { oldest: "2.0.25", newest: "2.1.330" } as const;

/** How a version stands to those. */
export type VersionAge = "older" | "measured" | "newer";

/** The version that Claude Code says it is: `2.1.197 (Claude Code)`. */
export function parseVersion(said: string): string | undefined {
  return /^\s*(\d+\.\d+\.\d+)(?:[-+][0-9A-Za-z.+-]{1,40})?\s/m.exec(said)?.[1];
}

/**
 * How a version stands to those that ccrun was measured with.
 *
 * @example
 * ```ts
 * import { versionAge } from "./version.ts";
 *
 * console.log(versionAge("1.0.44"), versionAge("2.1.197")); // older measured
 * ```
 */
export function versionAge(version: string): VersionAge {
  if (compareVersions(version, MEASURED_VERSIONS.oldest) < 0) return "older";
  return compareVersions(version, MEASURED_VERSIONS.newest) > 0 ? "newer" : "measured";
}

/** Negative when the first is older, positive when it is newer. Only numbers and dots count. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [one, other].map((version) => version.split(".").map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (first?.[at] ?? 0) - (second?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
