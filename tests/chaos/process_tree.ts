/**
 * Watches the processes that descend from ccrun, by reading /proc.
 *
 * @module
 */

import { type ProcessStat, readCommand, readStat, readStats } from "../support/process_table.ts";

/** The descendants of a process, including those that have lost their parent. */
export interface ProcessTree extends Disposable {
  /** Returns the descendants that are alive. */
  living(): readonly ProcessStat[];
  /** Returns the children that are zombies, even if the process itself has exited. */
  zombies(): readonly ProcessStat[];
  /** The children that were zombies for too long. */
  readonly lateZombies: readonly ProcessStat[];
}

const SCAN_INTERVAL_MS = 50;

/** Describes a process in one line. */
export function describeProcess({ pid, parent, session, state, name }: ProcessStat): string {
  const command = readCommand(pid).slice(0, 200) || `[${name}]`;
  return `${pid} parent ${parent} session ${session} ${state} ${command}`;
}

const key = ({ pid, start }: ProcessStat) => `${pid}:${start}`;

const listeners = new Set<(rows: readonly ProcessStat[]) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Reads all processes once for all trees. */
function scan(): readonly ProcessStat[] {
  const rows = readStats();
  for (const update of listeners) update(rows);
  return rows;
}

/**
 * Watches the descendants of a process that has just been started.
 *
 * @param zombieMs how long a child may be a zombie before its parent waits for it
 */
export function watchProcessTree(pid: number, zombieMs: number): ProcessTree {
  const first = readStat(pid);
  const members = new Set<string>();
  const children = new Set<string>();
  const dead = new Map<string, number>();
  const lateZombies: ProcessStat[] = [];
  const update = (rows: readonly ProcessStat[]) => {
    const living = new Set(rows.filter((row) => members.has(key(row))).map(({ pid }) => pid));
    if (rows.some((row) => first !== undefined && key(row) === key(first))) living.add(pid);
    for (let before = -1; before < living.size;) {
      before = living.size;
      for (const row of rows) if (living.has(row.parent)) living.add(row.pid);
    }
    living.delete(pid);
    for (const row of rows) {
      if (living.has(row.pid)) members.add(key(row));
      if (!living.has(row.pid) || row.parent !== pid) continue;
      children.add(key(row));
      if (row.state !== "Z") continue;
      const since = dead.get(key(row)) ?? Date.now();
      dead.set(key(row), since);
      const isLate = Date.now() - since > zombieMs;
      if (isLate && !lateZombies.some((known) => key(known) === key(row))) lateZombies.push(row);
    }
  };
  listeners.add(update);
  timer ??= setInterval(scan, SCAN_INTERVAL_MS);
  return {
    lateZombies,
    living: () => scan().filter((row) => members.has(key(row)) && !/[ZX]/.test(row.state)),
    zombies: () => scan().filter((row) => children.has(key(row)) && row.state === "Z"),
    [Symbol.dispose]() {
      listeners.delete(update);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}
