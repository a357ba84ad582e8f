import { idHash } from "./id_hash.ts";
import type { Shard } from "./shard.ts";

/** Hex digits of the hash that choose the shard: as many as a number holds exactly. */
const HASH_DIGITS = 12;

/**
 * Returns whether a task belongs to a shard. That depends only on its id, so a change of the list moves no
 * other task.
 */
export function isInShard(id: string, { index, count }: Shard): boolean {
  return Number.parseInt(idHash(id).slice(0, HASH_DIGITS), 16) % count === index - 1;
}
