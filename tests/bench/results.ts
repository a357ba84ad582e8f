/**
 * Statistics, and the table that the benchmarks print.
 *
 * @module
 */

/** The limit of a figure. */
export type Goal = { readonly atLeast: number } | { readonly below: number };

/** One figure. Its name stays the same, so that two runs can be compared. */
export interface Row {
  readonly name: string;
  readonly value: number;
  /** `x` is a ratio. */
  readonly unit: string;
  readonly goal?: Goal;
}

/** Returns whether a figure meets a goal. NaN meets none. */
export function meets(value: number, goal: Goal): boolean {
  return "atLeast" in goal ? value >= goal.atLeast : value < goal.below;
}

/** Returns the value below which a `part` (0 to 1) of the values lies, or NaN if there are none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** Returns the median, or NaN if there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/**
 * Returns the median of the ratios of values that were measured in the same round. Whatever slowed
 * the machine during a round slowed both.
 */
export function medianRatio(dividends: readonly number[], divisors: readonly number[]): number {
  return median(dividends.map((value, round) => value / (divisors[round] ?? NaN)));
}

/** Returns the median of the differences of values that were measured in the same round. */
export function medianDifference(values: readonly number[], less: readonly number[]): number {
  return median(values.map((value, round) => value - (less[round] ?? NaN)));
}

/** Formats rows as an aligned table. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [
    ["figure", "value", "unit", "goal", ""],
    ...rows.map(({ name, value, unit, goal }) => [
      name,
      value.toFixed(2),
      unit,
      goal === undefined ? "" : formatGoal(goal),
      goal === undefined ? "" : meets(value, goal) ? "met" : "MISSED",
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0))
  );
  return cells.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 1 ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd()
  ).join("\n");
}

function formatGoal(goal: Goal): string {
  return "atLeast" in goal ? `at least ${goal.atLeast}` : `below ${goal.below}`;
}
