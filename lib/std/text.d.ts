/** Returns the most similar of `possibleWords`. Throws if there are none. */
export function closestString(givenWord: string, possibleWords: readonly string[]): string;

/** Returns the number of single-character edits between two strings. */
export function levenshteinDistance(str1: string, str2: string): number;
