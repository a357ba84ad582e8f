import type { SessionDetails } from "../../claude/sessions/session_reader.ts";
import { inputTokens } from "../../events.ts";
import { escapeWithinLine } from "../../terminal/escape_commands.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd, cutStart, displayWidth } from "../../terminal/width.ts";
import { shortPath } from "../../util/display_path.ts";
import { formatCost, formatLocalMinute, formatTokens } from "../../util/units.ts";

/** How the rows of a table are shown. Their widths are fixed, because they are printed one by one. */
export interface TableLayout {
  /** How many characters of an id are shown. @default {all} */
  readonly idLength?: number | undefined;
  /** The width of the terminal. Without it, lines and paths are not cut. */
  readonly columns?: number | undefined;
  /** Whether there is a column with the workspaces. */
  readonly hasWorkspaces: boolean;
  /** The home directory, which is shown as `~` in a terminal. */
  readonly home?: string | undefined;
}

/** The widths of columns. A wider value moves the others. */
const WIDTHS = { when: 16, turns: 5, tokens: 6, cost: 8 };

/** The width of a workspace, which depends on that of the terminal. */
const WORKSPACE_WIDTH = { min: 12, max: 28 };

/** How many columns the others take, without the title. */
const OTHER_COLUMNS = 55;

/** The length of a complete id. */
const ID_LENGTH = 36;

/** Returns the heading of a table of sessions. */
export function sessionsHeading(layout: TableLayout): string {
  return rowOf({
    id: "ID",
    when: "WHEN",
    turns: "TURNS",
    tokens: "TOKENS",
    cost: "COST",
    workspace: "WORKSPACE",
    title: "TITLE OR PROMPT",
  }, layout);
}

/** Returns the row of a session. */
export function sessionRow(session: SessionDetails, layout: TableLayout): string {
  const { id, updated, turns, usage, workspace, prompt, title } = session;
  return rowOf({
    id: id.slice(0, layout.idLength),
    when: formatLocalMinute(updated),
    turns: turns === null ? "many" : String(turns),
    tokens: formatTokens(inputTokens(usage) + usage.output),
    cost: formatPartialCost(session.cost_usd, session.cost_is_partial),
    workspace: workspaceText(workspace, layout),
    title: escapeWithinLine(sanitizeLine(title ?? prompt)),
  }, layout);
}

/** Formats a recorded cost: `-` if there is none, with a `+` if a part of it is not recorded. */
export function formatPartialCost(usd: number | null, isPartial: boolean): string {
  return usd === null ? "-" : `${formatCost(usd)}${isPartial ? "+" : ""}`;
}

/** Returns a workspace as a table shows it. */
function workspaceText(workspace: string | null, { columns, home }: TableLayout): string {
  if (workspace === null) return "unknown";
  const path = columns === undefined || home === undefined
    ? workspace
    : shortPath(workspace, { home });
  const text = escapeWithinLine(sanitizeLine(path));
  return columns === undefined ? text : cutStart(text, workspaceWidth(columns));
}

function workspaceWidth(columns = Infinity): number {
  const { min, max } = WORKSPACE_WIDTH;
  return Math.max(min, Math.min(max, Math.floor((columns - OTHER_COLUMNS) / 2)));
}

type Row = Readonly<Record<"id" | "workspace" | "title" | keyof typeof WIDTHS, string>>;

function rowOf(row: Row, { columns, hasWorkspaces, idLength = ID_LENGTH }: TableLayout): string {
  const cells = [
    row.id.padEnd(idLength),
    row.when.padEnd(WIDTHS.when),
    row.turns.padStart(WIDTHS.turns),
    row.tokens.padStart(WIDTHS.tokens),
    row.cost.padStart(WIDTHS.cost),
    ...hasWorkspaces ? [padEnd(row.workspace, workspaceWidth(columns))] : [],
    row.title,
  ];
  const line = cells.join("  ").trimEnd();
  return `${columns === undefined ? line : cutEnd(line, columns)}\n`;
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** The minimum length of a shortened id. */
const MIN_ID_LENGTH = 8;

/** Returns the length of the prefix that distinguishes all ids. */
export function shortestUniquePrefixLength(ids: readonly string[]): number {
  const sorted = [...new Set(ids)].sort();
  let length = MIN_ID_LENGTH;
  for (const [index, id] of sorted.entries()) {
    const next = sorted[index + 1] ?? "";
    while (length < id.length && id.slice(0, length) === next.slice(0, length)) length++;
  }
  return length;
}
