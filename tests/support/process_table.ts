/**
 * What the operating system says of processes.
 *
 * @module
 */

import { waitFor } from "./wait_for.ts";

/** A process, as `ps` tells it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** How it is: R, S and D live, T is stopped, Z is dead. */
  readonly state: string;
  readonly command: string;
}

/** All processes that are there. */
export async function processTable(): Promise<readonly ProcessEntry[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-ww", "-axo", "pid=,ppid=,stat=,args="],
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S)\S*\s*(.*)$/.exec(line) ?? [];
    if (state === undefined || command === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), state, command }];
  });
}

/** The processes that a process has started and that are still its own. */
export async function childrenOf(pid: number): Promise<readonly ProcessEntry[]> {
  return (await processTable()).filter(({ parent }) => parent === pid);
}

/** Which of these processes live. */
export async function living(pids: readonly number[]): Promise<readonly ProcessEntry[]> {
  return (await processTable()).filter(({ pid, state }) => pids.includes(pid) && state !== "Z");
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

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
