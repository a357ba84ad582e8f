import { runShell } from "../../util/run_shell.ts";

/** What is known about processes. */
export interface ProcessStarts {
  /**
   * The machine and its container, in which process ids are valid, as Claude Code names it; empty if it is
   * not known.
   */
  readonly domain: string;
  /** The start time of each process that runs, by its id. */
  readonly starts: ReadonlyMap<number, string>;
}

/**
 * Prints the domain, and for each process the id, the state and the start time. On Linux, the time is in clock
 * ticks since the machine started. A name of a program can contain anything, so the last bracket ends it.
 */
const SCRIPT = `
print_stat() { echo "$pid $1 \${20}"; }
if [ -r /proc/self/stat ]; then
  echo "linux:$(cat /etc/machine-id):$(readlink /proc/self/ns/pid)"
  for pid; do
    stat=$(cat "/proc/$pid/stat") && print_stat \${stat##*") "}
  done
else
  echo linux
  for pid; do
    stat=$(TZ=UTC ps -o stat=,lstart= -p "$pid") && echo "$pid $stat"
  done
fi`;

const PROCESS_LINE = /^(\d+) (\S+) +(\S.*)$/;

/** States of processes that have ended, although their parents do not know it yet. */
const ENDED = /^[ZX]/;

/**
 * Returns when processes started. Together with the id, this identifies a process, because ids are reused.
 *
 * @returns undefined if processes cannot be listed, as on Windows
 */
export async function processStarts(pids: readonly number[]): Promise<ProcessStarts | undefined> {
  const result = await runShell(SCRIPT, {}, pids.map(String));
  if (result === undefined) return undefined;
  const [domain = "", ...lines] = result.output.split("\n");
  const starts = new Map<number, string>();
  for (const line of lines) {
    const [, pid, state = "", start = ""] = PROCESS_LINE.exec(line) ?? [];
    if (pid !== undefined && !ENDED.test(state)) starts.set(Number(pid), start.trim());
  }
  return { domain, starts };
}
