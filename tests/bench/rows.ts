/**
 * What the benchmarks give: rows, which are judged by the goals and shown as a table.
 *
 * @module
 */

/** What a figure should be. */
export type Goal = { readonly atLeast: number } | { readonly under: number };

/** One figure. Its name stays the same from run to run, for who compares runs. */
export interface Row {
  readonly name: string;
  readonly value: number;
  /** `×` is a ratio. */
  readonly unit: string;
  /** What it stands beside: for a ratio, what it is a ratio to. */
  readonly beside?: string;
}

/** A figure, and whether it is what it should be. */
export interface JudgedRow extends Row {
  readonly goal?: Goal;
  readonly isMet?: boolean;
}

/** Gives each row its goal, where there is one, and whether it is met. */
export function judge(
  rows: readonly Row[],
  goals: Readonly<Record<string, Goal>>,
): readonly JudgedRow[] {
  return rows.map((row) => {
    const goal = goals[row.name];
    return goal === undefined ? row : { ...row, goal, isMet: isMet(row.value, goal) };
  });
}

/** What is not a number meets no goal. */
function isMet(value: number, goal: Goal): boolean {
  return "atLeast" in goal ? value >= goal.atLeast : value < goal.under;
}

/** Which goals no row was measured for: a goal must not be met by leaving it out. */
export function withoutRow(
  rows: readonly Row[],
  goals: Readonly<Record<string, Goal>>,
): readonly string[] {
  return Object.keys(goals).filter((name) => !rows.some((row) => row.name === name));
}

/** The rows as a table for people, with a line at its end that counts the goals. */
export function table(rows: readonly JudgedRow[]): string {
  const head = ["what", "value", "unit", "beside", "goal", ""];
  const cells = rows.map((row) => [
    row.name,
    figure(row.value),
    row.unit,
    row.beside ?? "",
    row.goal === undefined ? "" : goalText(row.goal),
    row.isMet === undefined ? "" : row.isMet ? "met" : "NOT MET",
  ]);
  const widths = head.map((title, at) =>
    Math.max(...[title, ...cells.map((row) => row[at] ?? "")].map(({ length }) => length))
  );
  const line = (row: readonly string[]) =>
    row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return at === VALUE_COLUMN ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd();
  const judged = rows.filter(({ isMet }) => isMet !== undefined);
  const met = judged.filter(({ isMet }) => isMet).length;
  const count = `${met} of ${judged.length} goals met`;
  return [line(head), ...cells.map(line), ...judged.length > 0 ? ["", count] : []].join("\n");
}

const VALUE_COLUMN = 1;

/** From here on what is behind the point says nothing. */
const LARGE = 100;

function figure(value: number): string {
  return Math.abs(value) >= LARGE ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}

function goalText(goal: Goal): string {
  return "atLeast" in goal ? `at least ${goal.atLeast}` : `under ${goal.under}`;
}
