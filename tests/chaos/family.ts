/**
 * The processes that ccrun has around it, as /proc shows them.
 *
 * @module
 */

/** A process, as it was seen. */
export interface ProcessRow {
  /** Its id. */
  readonly pid: number;
  /** Its name: the first 15 bytes of its executable's. */
  readonly name: string;
  /** A letter; Z is a zombie. */
  readonly state: string;
  /** Its parent. */
  readonly parent: number;
  /** Its session. */
  readonly session: number;
  /** When it was started. With the id, this is one process and no other. */
  readonly start: string;
}

/** A process and all that was seen to descend from it. */
export interface Family extends Disposable {
  /** Those that live now, but for the first. */
  living(): readonly ProcessRow[];
  /** The children of the first that are zombies now: also when it has ended itself. */
  zombies(): readonly ProcessRow[];
  /** The children that it left zombies for too long while it lived. */
  readonly neglected: readonly ProcessRow[];
}

/** How often everything is looked at. */
const LOOK_INTERVAL_MS = 50;

/** Where fields begin after the name: in the manual they are counted from 3. */
const FIRST_FIELD = 3;
const PARENT_FIELD = 4;
const SESSION_FIELD = 6;
const START_FIELD = 22;

/** All processes of the machine. */
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
    return undefined; // it has ended in the meantime
  }
  // A name may have anything in it, also a parenthesis.
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

/** A process in a line, with what it was started with as far as that can be seen. */
export function describeProcess({ pid, parent, session, state, name }: ProcessRow): string {
  let command = "";
  try {
    command = Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll(/[\0\n]/g, " ").trim();
  } catch {
    // It has ended.
  }
  return `${pid} parent ${parent} session ${session} ${state} ${
    command.slice(0, 200) || `[${name}]`
  }`;
}

const key = ({ pid, start }: ProcessRow) => `${pid}:${start}`;

const families = new Set<(rows: readonly ProcessRow[]) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One look at the machine is enough for all families. */
function look(): readonly ProcessRow[] {
  const rows = readProcesses();
  for (const take of families) take(rows);
  return rows;
}

/**
 * Watches a process that has just been started, and all that descends from it.
 *
 * @param zombieMs how long a child may be a zombie, which each is until its parent asks how it ended
 */
export function watchFamily(pid: number, zombieMs: number): Family {
  const first = readProcess(pid);
  const members = new Set<string>();
  const children = new Set<string>();
  const dead = new Map<string, number>();
  const neglected: ProcessRow[] = [];
  const take = (rows: readonly ProcessRow[]) => {
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
      if (isLate && !neglected.some((known) => key(known) === key(row))) neglected.push(row);
    }
  };
  families.add(take);
  timer ??= setInterval(look, LOOK_INTERVAL_MS);
  return {
    neglected,
    living: () => look().filter((row) => members.has(key(row)) && !/[ZX]/.test(row.state)),
    zombies: () => look().filter((row) => children.has(key(row)) && row.state === "Z"),
    [Symbol.dispose]() {
      families.delete(take);
      if (families.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}
