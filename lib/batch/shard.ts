import { idHash } from "./id_hash.ts";

/** One of several parts of a batch, which run on different machines. */
export interface Shard {
  /** The number of the part, from 1 to `count`. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/** Hex digits of the hash that choose the shard: as many as a number holds exactly. */
const HASH_DIGITS = 12;

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

/**
 * Returns whether a task belongs to a shard. That depends only on its id, so a change of the list moves no
 * other task.
 */
export function isInShard(id: string, { index, count }: Shard): boolean {
  return Number.parseInt(idHash(id).slice(0, HASH_DIGITS), 16) % count === index - 1;
}
