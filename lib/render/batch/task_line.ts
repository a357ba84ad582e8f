import type { TaskEnd } from "../../batch/events.ts";
import { failureMessage } from "../../batch/task_result.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { displayWidth } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { formatCost, formatSeconds } from "../../util/units.ts";
import { isStopped } from "./totals.ts";
import { formatId } from "./words.ts";

/** Options for {@linkcode formatTask}. */
export interface TaskLineOptions {
  /** How many tasks are done, with this one. */
  readonly done: number;
  /** How many tasks there are. */
  readonly total: number;
  /** The columns of the terminal; undefined to break no line. */
  readonly columns: number | undefined;
  readonly styles: Styles;
}

const GAP = "  ";

/** The columns of an id in a log. */
const MAX_ID_COLUMNS = 120;

/** The columns that an id has on any terminal. */
const MIN_ID_COLUMNS = 12;

/** The maximum length of the message of a failure. The results file has all of it. */
const MAX_MESSAGE_LENGTH = 500;

/** The maximum number of rows of that message. */
const MAX_MESSAGE_ROWS = 4;

const INDENT = "    ";

/**
 * Formats a task that has ended: `[12/200] ok  src/a.js  34s  $0.12`. The message of a failure follows, below
 * it if the terminal is too narrow.
 */
export function formatTask(task: TaskEnd, options: TaskLineOptions): string[] {
  const { done, total, columns, styles } = options;
  const { dim } = styles;
  const number = `[${done}/${total}] `;
  const word = task.exit === 0 ? "ok" : task.reason;
  const facts = GAP + formatSeconds(task.duration_ms) + GAP + formatCost(task.cost_usd);
  const available = (columns ?? Infinity) - displayWidth(number + word + GAP + facts);
  const id = formatId(task.id, Math.max(MIN_ID_COLUMNS, Math.min(available, MAX_ID_COLUMNS)));
  const line = dim(number) + wordStyle(task, styles)(word) + GAP + id + dim(facts);
  if (task.exit === 0 || isStopped(task)) return [line];
  const message = sanitizeLine(failureMessage(task), MAX_MESSAGE_LENGTH);
  const width = displayWidth(number + word + GAP + id + facts + GAP + message);
  if (width <= (columns ?? Infinity)) return [line + GAP + message];
  const layout = { columns, styles, mark: INDENT, markStyle: styles.plain, style: styles.plain };
  return [line, ...wrapText(message, { ...layout, maxRows: MAX_MESSAGE_ROWS })];
}

function wordStyle(task: TaskEnd, { green, red, yellow }: Styles): Style {
  if (task.exit === 0) return green;
  return isStopped(task) ? yellow : red;
}
