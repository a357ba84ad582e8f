import { MAX_ADVICE_LENGTH, sanitizeLine } from "../../terminal/sanitize.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import type { FailureGroup } from "./failure_groups.ts";
import type { BatchTotals } from "./totals.ts";
import { formatChanges, formatId, MAX_ID_COLUMNS } from "./words.ts";

const INDENT = "  ";
const GAP = "  ";

/** The maximum number of rows of a message. */
const MAX_MESSAGE_ROWS = 4;

/**
 * Formats the table of failures: for each reason the number of tasks, the ids of the first ones, the
 * message of the first one and what to do about it.
 */
export function formatFailures(
  failures: readonly FailureGroup[],
  columns: number | undefined,
  styles: Styles,
): string[] {
  const reasonColumns = Math.max(...failures.map(({ reason }) => reason.length));
  const countColumns = Math.max(...failures.map(({ count }) => String(count).length));
  return failures.flatMap((group) => {
    const reason = group.reason.padEnd(reasonColumns);
    const count = String(group.count).padStart(countColumns);
    const mark = " ".repeat(INDENT.length + reasonColumns + GAP.length + countColumns + GAP.length);
    const available = (columns ?? Infinity) - mark.length;
    const ids = cutEnd(formatIds(group, available), available);
    const message = wrapText(sanitizeLine(group.message), {
      columns,
      styles,
      mark,
      markStyle: styles.plain,
      style: styles.plain,
      maxRows: MAX_MESSAGE_ROWS,
    });
    // A command that is broken into rows cannot be pasted.
    const hint = group.hint !== "" ? [mark + sanitizeLine(group.hint, MAX_ADVICE_LENGTH)] : [];
    const title = `${INDENT}${styles.red(reason)}${GAP}${count}${GAP}${styles.dim(ids)}`;
    return [title, ...message, ...hint];
  });
}

function formatIds({ ids, count }: FailureGroup, columns: number): string {
  const shown = ids.map((id) => formatId(id, Math.min(MAX_ID_COLUMNS, columns))).join(", ");
  return count > ids.length ? `${shown}, and ${count - ids.length} more` : shown;
}

/** Formats the branches with changes, and what each of them changes. */
export function formatBranches({ branches, omittedBranches }: BatchTotals): string[] {
  const names = branches.map(({ name }) => sanitizeLine(name));
  const nameColumns = Math.max(...names.map(displayWidth));
  const lines = branches.map(({ changes }, index) => {
    const name = names[index] ?? "";
    if (changes === undefined) return INDENT + name;
    const gap = " ".repeat(nameColumns - displayWidth(name));
    return `${INDENT}${name}${gap}${GAP}${formatChanges(changes)}`;
  });
  return omittedBranches > 0 ? [...lines, `${INDENT}... and ${omittedBranches} more`] : lines;
}

/** Formats a command, so that it can be pasted: it is not broken into rows. */
export function formatCommand(command: string): string {
  return INDENT + sanitizeLine(command, MAX_ADVICE_LENGTH);
}
