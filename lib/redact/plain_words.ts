/**
 * Passwords that are plain words, such as `swordfish`, which ordinary text, paths, and names contain.
 *
 * @module
 */

/** A longer run of letters does not count as a word. */
const MAX_WORD_LENGTH = 12;

/** Returns whether a value could be a dictionary word. */
export function isPlainWord(value: string): boolean {
  return value.length <= MAX_WORD_LENGTH && /^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(value);
}

/** Returns whether `text` from `start` to `end` is not part of a longer word, a path, or a name. */
export function isStandaloneWord(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  if (/^(?:[\p{L}\p{N}_/(]|[.-][\p{L}\p{N}_])/u.test(after)) return false;
  // The letter of an escape such as \n does not belong to the word after it.
  if (/\\[nrt]$/.test(before)) return true;
  return !/(?:[\p{L}\p{N}_/\\$-]|[\p{L}\p{N}_][.@])$/u.test(before);
}
