/**
 * The process table of the operating system.
 *
 * @module
 */

import { waitFor } from "./wait_for.ts";

/** A process in the table. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group. */
  readonly group: number;
  /** The state: R, S and D are alive, T is suspended, Z and X are dead. */
  readonly state: string;
  /** Its command line, with spaces between the words; empty when it is dead. */
  readonly command: string;
}

/** Returns all processes by pid, from /proc on Linux because `ps` may be missing. */
export async function processTable(): Promise<readonly ProcessEntry[]> {
  const table = Deno.build.os === "linux" ? readProc() : await runPs();
  // With an empty table, every check that nothing is left would pass.
  if (!table.some(({ pid }) => pid === Deno.pid)) {
    throw new Error("the process table is incomplete");
  }
  return table;
}

function readProc(): readonly ProcessEntry[] {
  return readStats().map((stat) => ({ ...stat, command: readCommand(stat.pid) }));
}

/** A process in /proc of Linux. */
export interface ProcessStat extends Omit<ProcessEntry, "command"> {
  /** The first 15 bytes of the name of its executable. */
  readonly name: string;
  readonly session: number;
  /** Its start time. Together with the id it identifies the process. */
  readonly start: string;
}

/** The index of the start time in the fields after the name, see proc(5). */
const START_FIELD = 19;

/** Returns all processes in /proc of Linux, by pid. */
export function readStats(): readonly ProcessStat[] {
  const names = Array.from(Deno.readDirSync("/proc"), ({ name }) => name);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b);
  return pids.map(readStat).filter((stat) => stat !== undefined);
}

/** Returns a process in /proc of Linux, or undefined if it has ended. */
export function readStat(pid: number): ProcessStat | undefined {
  const text = readProcFile(pid, "stat");
  // A name may contain any character, even a parenthesis.
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  const [state = "", parent, group, session] = fields;
  if (state === "") return undefined;
  return {
    pid,
    name: text.slice(text.indexOf("(") + 1, end),
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    start: fields[START_FIELD] ?? "",
  };
}

/** Returns the command line of a process in /proc of Linux. It is empty if the process is dead. */
export function readCommand(pid: number): string {
  return readProcFile(pid, "cmdline").replace(/\0+$/, "").replaceAll(/[\0\n]/g, " ");
}

function readProcFile(pid: number, name: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${name}`);
  } catch {
    return ""; // it has ended in the meantime
  }
}

async function runPs(): Promise<readonly ProcessEntry[]> {
  const { success, stdout, stderr } = await new Deno.Command("ps", {
    args: ["-ww", "-axo", "pid=,ppid=,pgid=,stat=,args="],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`ps: ${new TextDecoder().decode(stderr)}`);
  const row = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S)\S*\s*(.*)$/;
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, parent, group, state, command] = row.exec(line) ?? [];
    if (state === undefined || command === undefined) return [];
    const isDead = DEAD.includes(state);
    return [{
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      state,
      command: isDead ? "" : command.trimEnd(),
    }];
  });
}

const DEAD: readonly string[] = ["Z", "X"];

/** Returns the child processes of a process. */
export async function childrenOf(pid: number): Promise<readonly ProcessEntry[]> {
  return (await processTable()).filter(({ parent }) => parent === pid);
}

/**
 * Returns whether a process is suspended. A process in vfork is in state D while its child, which must be
 * in the table, is suspended.
 */
export function isSuspended(
  { pid, state }: ProcessEntry,
  table: readonly ProcessEntry[],
): boolean {
  if (state === "T") return true;
  return state === "D" &&
    table.some((child) => child.parent === pid && isSuspended(child, table));
}

/** Returns whether all processes are suspended. Returns false if there is none. */
export function allSuspended(processes: readonly ProcessEntry[]): boolean {
  return processes.length > 0 && processes.every((process) => isSuspended(process, processes));
}

/** Returns those of the processes that are alive. */
export async function living(pids: readonly number[]): Promise<readonly ProcessEntry[]> {
  return (await processTable()).filter(({ pid, state }) =>
    pids.includes(pid) && !DEAD.includes(state)
  );
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15, SIGTSTP: 20 } as const;

/** The reason why {@linkcode listensTo} is not available, or undefined. */
export const NO_MASKS: string | undefined = Deno.build.os === "linux"
  ? undefined
  : "only Linux reports which signals a process handles";

/** Longer than a program takes to start on a loaded machine. */
const LISTENS_WITHIN_MS = 60_000;

/** Waits until a process has a handler for a signal. */
export async function listensTo(pid: number, signal: keyof typeof SIGNALS): Promise<void> {
  const isListening = await waitFor(() => caught(pid, SIGNALS[signal]), LISTENS_WITHIN_MS);
  if (!isListening) throw new Error(`process ${pid} does not handle ${signal}`);
}

async function caught(pid: number, signal: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const [, mask = "0"] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return (BigInt(`0x${mask}`) >> BigInt(signal - 1)) % 2n === 1n;
}
