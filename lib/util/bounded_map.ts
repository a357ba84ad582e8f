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

  /** @param maxSize how many entries are kept */
  constructor(maxSize: number) {
    super();
    this.#maxSize = maxSize;
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#maxSize) {
      const [oldest] = this.keys();
      this.delete(oldest as K);
    }
    return this;
  }
}
