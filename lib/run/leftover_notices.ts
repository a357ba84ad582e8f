import type { EventBody } from "../events.ts";
import type { LeftoverProcess } from "../process/guardian.ts";
import { oneLine } from "../util/one_line.ts";
import { truncate, truncateList } from "../util/truncate.ts";

/** How many processes are named; more are counted. */
const MAX_NAMED = 10;

/** The longest command line in a notice. */
const MAX_COMMAND_LENGTH = 80;

/**
 * Yields the notices about leftover processes.
 *
 * @param keep whether they were left running on purpose
 */
export function* leftoverNotices(
  leftovers: readonly LeftoverProcess[],
  keep: boolean,
): Generator<EventBody<"notice">> {
  const running = leftovers.filter((process) => process.isRunning);
  const stopped = leftovers.filter((process) => !process.isRunning);
  if (stopped.length > 0) yield leftoverNotice("info", "stopped", stopped);
  if (running.length > 0) {
    yield keep
      ? leftoverNotice("info", "kept", running)
      : leftoverNotice("warning", "could not stop", running);
  }
}

/**
 * Returns the warning that the guardian of the run was killed, which only a program of the same user can do.
 *
 * @param mayHaveLeftovers whether its replacement was killed, too
 */
export function killedGuardianNotice(mayHaveLeftovers: boolean): EventBody<"notice"> {
  const text = mayHaveLeftovers
    ? "processes of the run may still be running: their guardian was killed"
    : "the guardian of the run was killed; a second one looked for leftover processes";
  return { type: "notice", level: "warning", kind: "guardian_killed", text };
}

function leftoverNotice(
  level: "info" | "warning",
  verb: string,
  processes: readonly LeftoverProcess[],
): EventBody<"notice"> {
  const what = processes.length === 1 ? "a leftover process" : "leftover processes";
  const named = truncateList(processes.map(describeProcess), MAX_NAMED);
  return {
    type: "notice",
    level,
    kind: "left_behind",
    text: `${verb} ${what}: ${named}`,
    data: { processes: processes.map(({ pid, command }) => ({ pid, command })) },
  };
}

function describeProcess({ pid, command }: LeftoverProcess): string {
  const line = truncate(oneLine(command), MAX_COMMAND_LENGTH);
  // A process can clear its command line.
  return line === "" ? `pid ${pid}` : `${line} (pid ${pid})`;
}
