/** Rounds a cost to six decimals; the others are rounding errors. */
export function roundCost(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

/** Returns the sum of costs; null if one of them is not known. */
export function addCost(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : roundCost(one + other);
}

/**
 * Adds up costs in US dollars, even if some are not known.
 *
 * @example
 * ```ts
 * import { CostTotal } from "./cost.ts";
 *
 * const total = new CostTotal();
 * for (const cost of [0.5, null, 0.25]) total.add(cost);
 * console.log(total.usd, total.knownUsd); // null 0.75
 * ```
 */
export class CostTotal {
  #usd: number | null = 0;
  #knownUsd = 0;

  /** Adds a cost; null if it is not known. */
  add(usd: number | null): void {
    this.#usd = addCost(this.#usd, usd);
    this.#knownUsd = roundCost(this.#knownUsd + (usd ?? 0));
  }

  /** The sum; null if one of the costs is not known. */
  get usd(): number | null {
    return this.#usd;
  }

  /** The sum of the costs that are known. */
  get knownUsd(): number {
    return this.#knownUsd;
  }
}
