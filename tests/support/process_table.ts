/**
 * What the operating system says of processes.
 *
 * @module
 */

import { waitFor } from "./wait_for.ts";

/** A process, as it was seen. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group. */
  readonly group: number;
  /** How it is: R, S and D live, T is stopped, Z and X are dead. */
  readonly state: string;
  /** Its command line, with spaces between the words; empty when it is dead. */
  readonly command: string;
}

/** All processes that are there, by their ids: from /proc on Linux, where there may be no `ps`. */
export async function processTable(): Promise<readonly ProcessEntry[]> {
  const table = Deno.build.os === "linux" ? readProc() : await askPs();
  // This program at least is there: an empty table would have every test find that all is gone.
  if (!table.some(({ pid }) => pid === Deno.pid)) throw new Error("the process table is not whole");
  return table;
}

function readProc(): readonly ProcessEntry[] {
  const names = Array.from(Deno.readDirSync("/proc"), ({ name }) => name);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b);
  return pids.flatMap((pid) => {
    try {
      return [readEntry(pid)];
    } catch {
      return []; // it has ended in the meantime
    }
  });
}

function readEntry(pid: number): ProcessEntry {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // A name may have anything in it, also a parenthesis.
  const [state = "", parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).replace(/\0+$/, "");
  const command = words.replaceAll(/[\0\n]/g, " ");
  return { pid, parent: Number(parent), group: Number(group), state, command };
}

async function askPs(): Promise<readonly ProcessEntry[]> {
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

/** The processes that a process has started and that are still its own. */
export async function childrenOf(pid: number): Promise<readonly ProcessEntry[]> {
  return (await processTable()).filter(({ parent }) => parent === pid);
}

/**
 * Whether processes stand still: each is stopped, or has just started one that is, and waits in the
 * kernel until that runs.
 */
export function areHeld(processes: readonly ProcessEntry[]): boolean {
  const isHeld = ({ pid, state }: ProcessEntry): boolean =>
    state === "T" ||
    state === "D" && processes.some((child) => child.parent === pid && isHeld(child));
  return processes.every(isHeld);
}

/** Which of these processes live. */
export async function living(pids: readonly number[]): Promise<readonly ProcessEntry[]> {
  return (await processTable()).filter(({ pid, state }) =>
    pids.includes(pid) && !DEAD.includes(state)
  );
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15, SIGTSTP: 20 } as const;

/** Why {@linkcode listensTo} cannot be used; undefined where it can. */
export const NO_MASKS: string | undefined = Deno.build.os === "linux"
  ? undefined
  : "only Linux tells which signals a process listens to";

/** Longer than any program here takes until it listens, on a loaded machine, too. */
const LISTENS_WITHIN_MS = 60_000;

/** Waits until a process listens to a signal, instead of dying of it. */
export async function listensTo(pid: number, signal: keyof typeof SIGNALS): Promise<void> {
  const isListening = await waitFor(() => caught(pid, SIGNALS[signal]), LISTENS_WITHIN_MS);
  if (!isListening) throw new Error(`process ${pid} does not listen to ${signal}`);
}

async function caught(pid: number, signal: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const [, mask = "0"] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return (BigInt(`0x${mask}`) >> BigInt(signal - 1)) % 2n === 1n;
}
