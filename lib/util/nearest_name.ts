import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** Returns the name that was probably meant, or undefined if none is similar enough. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  // A single letter is similar to everything.
  if (name.length < 2 || names.length === 0) return undefined;
  const nearest = closestString(name, names);
  const maxDistance = Math.max(name.length, nearest.length) / 2;
  return levenshteinDistance(name, nearest) <= maxDistance ? nearest : undefined;
}
