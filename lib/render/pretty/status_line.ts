import type { Styles } from "../../terminal/styles.ts";
import { formatClock, formatTokens } from "../../util/units.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";

/** What the live line tells. All texts are safe to show. */
export interface Status {
  /** Which frame of the spinner it is. */
  frame: number;
  /** Since the start of the run. */
  elapsedMs: number;
  /** What is going on: a tool's name, or words. */
  activity: string;
  /** What the tool works on. */
  argument?: string;
  /** How long that has been going on. */
  activityMs?: number;
  /** How many other tools are running. */
  others?: number;
  /** Tokens so far. */
  tokensIn?: number;
  tokensOut?: number;
}

/** A line and the columns that it takes. */
export interface Measured {
  text: string;
  width: number;
}

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/** Below this, what a tool works on is not worth naming. */
const LEAST_ARGUMENT = 8;

/** Sets the live line, in no more than `columns`. */
export function statusLine(status: Status, columns: number, styles: Styles): Measured {
  const { activityMs, others = 0, tokensIn = 0, tokensOut = 0 } = status;
  const spinner = FRAMES[status.frame % FRAMES.length] ?? "";
  const clock = ` ${formatClock(status.elapsedMs)}  `;
  let room = columns - displayWidth(spinner + clock);
  const activity = cutEnd(status.activity, room);
  room -= displayWidth(activity);

  const behind = [
    activityMs === undefined ? "" : ` ${formatClock(activityMs)}`,
    others > 0 ? ` +${others}` : "",
    tokensOut > 0 ? `  ${formatTokens(tokensIn)} in ${formatTokens(tokensOut)} out` : "",
  ].map((part) => {
    if (part.length > room) return "";
    room -= part.length;
    return part;
  });

  const argument = status.argument && room > LEAST_ARGUMENT
    ? ` ${cutEnd(status.argument, room - 1)}`
    : "";
  const text = styles.cyan(spinner) + styles.dim(clock) + styles.bold(activity) + argument +
    styles.dim(behind.join(""));
  return { text, width: displayWidth(spinner + clock + activity + argument + behind.join("")) };
}
