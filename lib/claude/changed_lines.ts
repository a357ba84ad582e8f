/** The lines in which two texts differ. */
export interface Changes {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Longer texts are not compared. */
const COMPARE_LIMIT = 1_000_000;

function linesOf(text: string): string[] {
  if (text === "") return [];
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/**
 * Returns the lines between the first and the last that differ. This is not a diff, but an edit names
 * only the few lines around its change.
 *
 * @example
 * ```ts
 * import { changedLines } from "./changed_lines.ts";
 *
 * console.log(changedLines("a\nb\nc", "a\nB\nc")); // { removed: ["b"], added: ["B"] }
 * ```
 */
export function changedLines(before: string, after: string): Changes {
  const removed = linesOf(before);
  const added = linesOf(after);
  if (before.length + after.length > COMPARE_LIMIT) return { removed, added };
  let same = 0;
  while (same < removed.length && same < added.length && removed[same] === added[same]) same++;
  let tail = 0;
  while (
    tail < removed.length - same && tail < added.length - same &&
    removed[removed.length - 1 - tail] === added[added.length - 1 - tail]
  ) tail++;
  return {
    removed: removed.slice(same, removed.length - tail),
    added: added.slice(same, added.length - tail),
  };
}
