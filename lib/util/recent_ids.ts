/** How many ids are remembered at least. */
const MAX_IDS = 1_000_000;

const MIN_SLOTS = 64;

/**
 * A set of the last ids that were added: at least the last million. It needs 16 bytes for each, and
 * keeps a hash of 53 bits instead of the id.
 *
 * @example
 * ```ts
 * import { RecentIds } from "./recent_ids.ts";
 *
 * const ids = new RecentIds();
 * console.log(ids.add("msg_1"), ids.add("msg_1")); // true false
 * ```
 */
export class RecentIds {
  readonly #maxIds: number;
  #newer = new NumberSet();
  #older = new NumberSet();

  /** @param maxIds how many ids are remembered at least. @default {1_000_000} */
  constructor(maxIds: number = MAX_IDS) {
    this.#maxIds = maxIds;
  }

  /** Adds an id. Returns whether it is new. */
  add(id: string): boolean {
    const hash = hashOf(id);
    if (this.#newer.has(hash) || this.#older.has(hash)) return false;
    if (this.#newer.size === this.#maxIds) {
      this.#older = this.#newer;
      this.#newer = new NumberSet();
    }
    this.#newer.add(hash);
    return true;
  }
}

/** A set of positive numbers, which takes less memory than a `Set`. */
class NumberSet {
  #slots = new Float64Array(MIN_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(value: number): boolean {
    return this.#slots[this.#slotOf(value)] === value;
  }

  /** Adds a number that is not in the set. */
  add(value: number): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#slots[this.#slotOf(value)] = value;
    this.#size++;
  }

  /** Returns the slot of a number, or the free one for it. */
  #slotOf(value: number): number {
    const mask = this.#slots.length - 1;
    let slot = value % this.#slots.length;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== value) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const values = this.#slots;
    this.#slots = new Float64Array(values.length * 2);
    for (const value of values) if (value !== 0) this.#slots[this.#slotOf(value)] = value;
  }
}

/** Returns a positive hash of 53 bits: two FNV-1a hashes with different offsets. */
function hashOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x1000193;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  return ((high >>> 11) * 2 ** 32 + (low >>> 0)) || 1;
}
