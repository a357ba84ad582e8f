import { oneLine } from "../util/one_line.ts";
import type { EventBody } from "../events.ts";
import type { LeftProcess } from "../process/child.ts";
import { truncate } from "../util/truncate.ts";

/** How many processes are named; more are counted. */
const MAX_NAMED = 10;

/** As much of a command line as names it. */
const MAX_COMMAND_LENGTH = 80;

/**
 * Says what a run has left behind, and what became of it.
 *
 * @param keeps whether it was left running because that was asked for
 */
export function* leftoverNotices(
  left: readonly LeftProcess[],
  keeps: boolean,
): Generator<EventBody<"notice">> {
  const stay = left.filter((process) => process.stays);
  const ended = left.filter((process) => !process.stays);
  if (ended.length > 0) {
    yield notice("info", `ended what the run had left behind: ${names(ended)}`, ended);
  }
  if (stay.length > 0) {
    yield keeps
      ? notice("info", `left running: ${names(stay)}`, stay)
      : notice("warning", `could not end what the run has left behind: ${names(stay)}`, stay);
  }
}

function notice(
  level: "info" | "warning",
  text: string,
  processes: readonly LeftProcess[],
): EventBody<"notice"> {
  const data = { processes: processes.map(({ pid, command }) => ({ pid, command })) };
  return { type: "notice", level, kind: "left_behind", text, data };
}

function names(processes: readonly LeftProcess[]): string {
  const named = processes.slice(0, MAX_NAMED).map(({ pid, command }) => {
    const line = truncate(oneLine(command), MAX_COMMAND_LENGTH);
    // A process may have wiped its command line.
    return line === "" ? `process ${pid}` : `${line} (process ${pid})`;
  });
  const more = processes.length - named.length;
  return `${named.join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}
