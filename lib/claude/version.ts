/**
 * The version of Claude Code.
 *
 * @module
 */

/** The option that makes Claude Code print its version and exit. */
export const VERSION_OPTION = "--version";

/** The oldest and the newest version that ccrun is tested with. */
export const MEASURED_VERSIONS = { oldest: "2.0.25", newest: "2.1.330" } as const;

/** How a version relates to those that ccrun is tested with. */
export type VersionAge = "older" | "measured" | "newer";

/** Returns whether the output of `--version` is that of Claude Code: `2.1.197 (Claude Code)`. */
export function isClaudeVersion(output: string): boolean {
  return output.includes("(Claude Code)");
}

/** Parses the output of `--version`. */
export function parseVersion(output: string): string | undefined {
  return /^\s*(\d+\.\d+\.\d+)(?:[-+][0-9A-Za-z.+-]{1,40})?\s/m.exec(output)?.[1];
}

/**
 * Returns how a version relates to those that ccrun is tested with.
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

/** Returns a negative number if `a` is older than `b`, a positive one if it is newer, 0 otherwise. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
