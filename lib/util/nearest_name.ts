import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** Returns the name that `word` misspells, or undefined if it differs by more than a typing error. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  // A word can be megabytes long.
  const candidates = names.filter((name) => Math.abs(name.length - word.length) <= maxTypos(name));
  if (candidates.length === 0) return undefined;
  const letters = sortedLetters(word);
  const swapped = candidates.find((name) => sortedLetters(name) === letters);
  if (swapped !== undefined) return swapped;
  const nearest = closestString(word, candidates);
  return levenshteinDistance(word, nearest) <= maxTypos(nearest) ? nearest : undefined;
}

function sortedLetters(word: string): string {
  return [...word].sort().join("");
}

/** Returns how many letters of a name can be wrong. Short names are similar to many words. */
function maxTypos({ length }: string): number {
  if (length < 4) return 0;
  return length < 7 ? 1 : Math.max(2, Math.floor(length / 6));
}
