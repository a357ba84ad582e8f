/** The option that makes Claude Code print its version and exit. */
export const VERSION_OPTION = "--version";

/** The versions that ccrun is tested with. */
export const TESTED_VERSIONS = { oldest: "2.0.25", newest: "2.1.332" } as const;

/** How a version relates to {@linkcode TESTED_VERSIONS}. */
export type VersionAge = "older" | "tested" | "newer";

/** Returns whether the output of `--version` is that of Claude Code: `2.1.332 (Claude Code)`. */
export function isClaudeVersion(output: string): boolean {
  return output.includes("(Claude Code)");
}

/** Parses the output of `--version`. */
export function parseVersion(output: string): string | undefined {
  return /^[ \t]*(\d+\.\d+\.\d+)(?:[-+][0-9A-Za-z.+-]{1,40})?\s/m.exec(output)?.[1];
}

/**
 * Returns how a version relates to {@linkcode TESTED_VERSIONS}.
 *
 * @example
 * ```ts
 * import { versionAge } from "./version.ts";
 *
 * console.log(versionAge("1.0.44"), versionAge("2.1.332")); // older tested
 * ```
 */
export function versionAge(version: string): VersionAge {
  if (compareVersions(version, TESTED_VERSIONS.oldest) < 0) return "older";
  return compareVersions(version, TESTED_VERSIONS.newest) > 0 ? "newer" : "tested";
}

/** Returns a negative number if `a` is older than `b`, a positive one if it is newer, 0 otherwise. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Returns whether a version is this one or a newer one. An unknown version counts as the newest. */
export function isAtLeast(version: string | undefined, minimum: string): boolean {
  return version === undefined || compareVersions(version, minimum) >= 0;
}
