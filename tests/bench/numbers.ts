/**
 * What many measurements come to.
 *
 * @module
 */

/** The value below which `part` (from 0 to 1) of the values are; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** The value in the middle, or between the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low = NaN, high = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return (low + high) / 2;
}

/**
 * The median of one figure's ratio to another, of those that were measured in the same round:
 * whatever slowed the machine at the time has slowed both.
 */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / (under[round] ?? NaN)));
}

/** The same for how much more one is. */
export function medianDifference(more: readonly number[], less: readonly number[]): number {
  return median(more.map((value, round) => value - (less[round] ?? NaN)));
}
