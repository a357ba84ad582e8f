import type { Total } from "../../claude/sessions/usage_totals.ts";
import { escapeWithinLine } from "../../terminal/escape_commands.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { displayWidth } from "../../terminal/width.ts";
import { formatCount, formatTokens } from "../../util/units.ts";
import { formatPartialCost } from "./sessions_table.ts";

/** A group of sessions with what they used. */
export interface TotalRow {
  /** The day, model or workspace; null if it is not known, or there are no groups. */
  readonly key: string | null;
  readonly total: Total;
}

/** Options for {@linkcode totalsTable}. */
export interface TotalsTableOptions {
  /** What the rows are grouped by. Without it, they have no first column. */
  readonly by?: string | undefined;
  /** Whether the table begins with a heading. */
  readonly hasHeading: boolean;
}

const HEADING = ["SESSIONS", "INPUT", "OUTPUT", "CACHE READ", "CACHE WRITE", "COST"];

/** Returns a table of totals. */
export function totalsTable(
  rows: readonly TotalRow[],
  { by, hasHeading }: TotalsTableOptions,
): string {
  const lines = rows.map(({ key, total }) => {
    const { sessions, usage, cost_usd, sessions_without_cost } = total;
    const tokens = [usage.input, usage.output, usage.cache_read, usage.cache_write];
    const cost = formatPartialCost(cost_usd, sessions_without_cost > 0);
    return {
      name: escapeWithinLine(sanitizeLine(key ?? "unknown")),
      cells: [String(sessions), ...tokens.map(formatTokens), cost],
      note: sessions_without_cost === 0
        ? ""
        : `  ${formatCount(sessions_without_cost, "session")} without cost`,
    };
  });
  if (hasHeading) lines.unshift({ name: by?.toUpperCase() ?? "", cells: HEADING, note: "" });
  const nameWidth = Math.max(0, ...lines.map(({ name }) => displayWidth(name)));
  const widths = HEADING.map((_, column) =>
    Math.max(0, ...lines.map(({ cells }) => cells[column]?.length ?? 0))
  );
  return lines.map(({ name, cells, note }) => {
    const padded = cells.map((cell, column) => cell.padStart(widths[column] ?? 0));
    const start = by === undefined ? [] : [name + " ".repeat(nameWidth - displayWidth(name))];
    return `${[...start, ...padded].join("  ")}${note}\n`;
  }).join("");
}
