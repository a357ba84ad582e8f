/**
 * A map that drops its oldest entry when it has too many, so that foreign input cannot fill the memory.
 * Setting a key makes its entry the newest.
 *
 * @example
 * ```ts
 * import { BoundedMap } from "./bounded_map.ts";
 *
 * const map = new BoundedMap<string, number>(2);
 * map.set("a", 1).set("b", 2).set("c", 3);
 * console.log([...map.keys()]); // ["b", "c"]
 * ```
 */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #maxSize: number;
  /** Continues at the oldest entry. A new iterator would pass the dropped ones again. */
  #oldest: MapIterator<K> | undefined;

  /** @param maxSize how many entries are kept */
  constructor(maxSize: number) {
    super();
    this.#maxSize = maxSize;
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#maxSize) this.#dropOldest();
    return this;
  }

  #dropOldest(): void {
    this.#oldest ??= this.keys();
    super.delete(this.#oldest.next().value as K);
  }

  override delete(key: K): boolean {
    const isDeleted = super.delete(key);
    // An iterator that rests keeps deleted entries in memory.
    if (isDeleted) this.#oldest = undefined;
    return isDeleted;
  }

  override clear(): void {
    // The engine also replaces the memory of an empty map.
    if (this.size > 0) super.clear();
    this.#oldest = undefined;
  }
}
