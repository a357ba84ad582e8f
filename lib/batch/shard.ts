/** One of several parts of a batch, which run on different machines. */
export interface Shard {
  /** The number of the part, from 1 to `count`. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/**
 * Parses a shard, such as `2/5`.
 *
 * @returns undefined if `text` is anything else, or if the index is not from 1 to the count
 *
 * @example
 * ```ts
 * import { parseShard } from "./shard.ts";
 *
 * console.log(parseShard("2/5")); // { index: 2, count: 5 }
 * console.log(parseShard("0/5")); // undefined
 * ```
 */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  if (match === null) return undefined;
  const [index, count] = [Number(match[1]), Number(match[2])];
  return index >= 1 && index <= count ? { index, count } : undefined;
}
