/** The lines in which two texts differ. */
export interface Changes {
  readonly removed: readonly string[];
  readonly added: readonly string[];
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
  const shorter = Math.min(removed.length, added.length);
  let head = 0;
  while (head < shorter && removed[head] === added[head]) head++;
  let tail = 0;
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++;
  return {
    removed: removed.slice(head, removed.length - tail),
    added: added.slice(head, added.length - tail),
  };
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}
