import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";
import { formatClock, formatUsage } from "../../util/units.ts";
import type { Status } from "./activity.ts";

/** An argument is left out if it would get fewer columns. */
const MIN_ARGUMENT_COLUMNS = 8;

/** Formats the current activity in at most `columns`: the tool, its argument, its time, and the tokens. */
export function formatStatus(
  status: Omit<Status, "elapsedMs">,
  columns: number,
  styles: Styles,
): string {
  const { activityMs, otherTools, usage } = status;
  const activity = cutEnd(status.activity, columns);
  let available = columns - displayWidth(activity);

  const details = [
    activityMs === undefined ? "" : ` ${formatClock(activityMs)}`,
    otherTools > 0 ? ` +${otherTools}` : "",
    usage.output > 0 ? `  ${formatUsage(usage)}` : "",
  ].filter((part) => {
    if (part.length > available) return false;
    available -= part.length;
    return true;
  });

  const hasArgument = status.argument !== "" && available > MIN_ARGUMENT_COLUMNS;
  const argument = hasArgument ? ` ${cutEnd(status.argument, available - 1)}` : "";
  return styles.bold(activity) + argument + styles.dim(details.join(""));
}
