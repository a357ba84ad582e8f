import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";
import { formatClock, formatTokens } from "../../util/units.ts";

/** What the status row shows. All texts are sanitized. */
export interface Status {
  /** The frame of the spinner. */
  frame: number;
  /** The time since the start of the run. */
  elapsedMs: number;
  /** The name of a tool, or a phase of the run. */
  activity: string;
  /** What the tool works on. */
  argument?: string;
  /** How long the tool has been running. */
  activityMs?: number;
  /** How many other tools are running. */
  others?: number;
  tokensIn?: number;
  tokensOut?: number;
}

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/** An argument is left out if it would get fewer columns. */
const MIN_ARGUMENT_COLUMNS = 8;

/** Formats the status row in at most `columns`. */
export function statusLine(status: Status, columns: number, styles: Styles): string {
  const { activityMs, others = 0, tokensIn = 0, tokensOut = 0 } = status;
  const spinner = FRAMES[status.frame % FRAMES.length] ?? "";
  const clock = ` ${formatClock(status.elapsedMs)}  `;
  let available = columns - displayWidth(spinner + clock);
  const activity = cutEnd(status.activity, available);
  available -= displayWidth(activity);

  const details = [
    activityMs === undefined ? "" : ` ${formatClock(activityMs)}`,
    others > 0 ? ` +${others}` : "",
    tokensOut > 0 ? `  ${formatTokens(tokensIn)} in ${formatTokens(tokensOut)} out` : "",
  ].filter((part) => {
    if (part.length > available) return false;
    available -= part.length;
    return true;
  });

  const hasArgument = status.argument && available > MIN_ARGUMENT_COLUMNS;
  const argument = hasArgument ? ` ${cutEnd(status.argument ?? "", available - 1)}` : "";
  return styles.cyan(spinner) + styles.dim(clock) + styles.bold(activity) + argument +
    styles.dim(details.join(""));
}
