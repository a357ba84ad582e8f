/**
 * Watches the processes that descend from ccrun, by reading /proc.
 *
 * @module
 */

/** A process. */
export interface ProcessRow {
  readonly pid: number;
  /** The first 15 bytes of the name of its executable. */
  readonly name: string;
  /** A letter, for example Z for a zombie. */
  readonly state: string;
  /** The id of its parent. */
  readonly parent: number;
  /** The id of its session. */
  readonly session: number;
  /** Its start time. Together with the id it identifies the process. */
  readonly start: string;
}

/** The descendants of a process, including those that have lost their parent. */
export interface ProcessTree extends Disposable {
  /** Returns the descendants that are alive. */
  living(): readonly ProcessRow[];
  /** Returns the children that are zombies, even if the process itself has exited. */
  zombies(): readonly ProcessRow[];
  /** The children that were zombies for too long. */
  readonly lateZombies: readonly ProcessRow[];
}

const SCAN_INTERVAL_MS = 50;

/** The numbers of the fields in proc(5). The state is the first one after the name. */
const FIRST_FIELD = 3;
const PARENT_FIELD = 4;
const SESSION_FIELD = 6;
const START_FIELD = 22;

/** Returns all processes of the machine. */
export function readProcesses(): readonly ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const row = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function readProcess(pid: number): ProcessRow | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined; // it has exited in the meantime
  }
  // A name may contain any character, including a parenthesis.
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  const field = (number: number) => fields[number - FIRST_FIELD] ?? "";
  return {
    pid,
    name: text.slice(text.indexOf("(") + 1, end),
    state: field(FIRST_FIELD),
    parent: Number(field(PARENT_FIELD)),
    session: Number(field(SESSION_FIELD)),
    start: field(START_FIELD),
  };
}

/** Describes a process in one line. */
export function describeProcess({ pid, parent, session, state, name }: ProcessRow): string {
  let command = "";
  try {
    command = Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll(/[\0\n]/g, " ").trim();
  } catch {
    // It has exited.
  }
  return `${pid} parent ${parent} session ${session} ${state} ${
    command.slice(0, 200) || `[${name}]`
  }`;
}

const key = ({ pid, start }: ProcessRow) => `${pid}:${start}`;

const listeners = new Set<(rows: readonly ProcessRow[]) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Reads all processes once for all trees. */
function scan(): readonly ProcessRow[] {
  const rows = readProcesses();
  for (const update of listeners) update(rows);
  return rows;
}

/**
 * Watches the descendants of a process that has just been started.
 *
 * @param zombieMs how long a child may be a zombie before its parent waits for it
 */
export function watchProcessTree(pid: number, zombieMs: number): ProcessTree {
  const first = readProcess(pid);
  const members = new Set<string>();
  const children = new Set<string>();
  const dead = new Map<string, number>();
  const lateZombies: ProcessRow[] = [];
  const update = (rows: readonly ProcessRow[]) => {
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
