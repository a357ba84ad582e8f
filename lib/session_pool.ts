import { isPendingSessionId, isSessionId, normalizeSessionId } from "./claude/session_id.ts";
import { CcrunError } from "./errors.ts";
import { ProcessSlots } from "./run/process_slots.ts";
import { STOPPED_BY_CALLER, type StopReason } from "./run/stop_reason.ts";
import { ClaudeSession, type ClaudeSessionOptions } from "./session.ts";
import { isPlausibleSessionId } from "./util/plausible.ts";

/** Options for {@linkcode ClaudeSessionPool}: those of each session, and the limits of the pool. */
export interface ClaudeSessionPoolOptions
  extends Omit<ClaudeSessionOptions, "sessionId" | "newSessionId" | "broker" | "onSessionId"> {
  /** How many claudes run at the same time. @default {8} */
  readonly maxProcesses?: number | undefined;
  /** How long an idle claude is kept for the next run, in milliseconds. @default {300_000} */
  readonly keepAliveMs?: number | undefined;
}

/** Options of {@linkcode ClaudeSessionPool.get}, for a session that is created. */
export interface PooledSessionOptions {
  /** The directory that claude works in. @default that of the pool */
  readonly workspace?: string | undefined;
}

/** A session of a pool. */
export interface PooledSession {
  /** The session, which is the same for all of its ids. */
  readonly session: ClaudeSession;
  /** The id of the session at Claude Code, or a placeholder that begins with `pending_` until it is known. */
  readonly id: string;
  /** Whether the pool did not have the session before. */
  readonly isNew: boolean;
}

/** The sessions and claudes of a pool. */
export interface PoolStats {
  /** How many sessions the pool has. */
  readonly active: number;
  /** How many of them have no id at Claude Code yet. */
  readonly pending: number;
  /** How many of them have a run that is in progress or waits. */
  readonly busy: number;
  /** How many claudes there are, or are being started. */
  readonly processes: number;
}

/** How many claudes run at the same time, by default. Each takes about 200 MB. */
const DEFAULT_MAX_PROCESSES = 8;

/** How long an idle claude is kept, by default, in milliseconds. */
const DEFAULT_KEEP_ALIVE_MS = 5 * 60_000;

/** A session, and the ids that name it. */
interface Entry {
  readonly session: ClaudeSession;
  /** The placeholder with which it was created. */
  readonly pendingId: string | undefined;
  /** The id of the session at Claude Code. */
  sessionId: string | undefined;
}

/**
 * Many conversations with Claude Code, each in its own session.
 *
 * The sessions share a limited number of claudes, which are kept between runs. When all of them are in use,
 * a run waits. When one is needed, the one that was idle for the longest time makes room; its session is
 * resumed on another claude later. A session has only one claude at a time, whatever name it has. An idle
 * claude takes about 200 MB of memory.
 *
 * @example
 * ```ts no-eval
 * import { ClaudeSessionPool } from "./mod.ts";
 *
 * await using pool = new ClaudeSessionPool({ workspace: "/project", permissionMode: "plan" });
 * const { session, id } = pool.get();
 * for await (const event of session.run("What is this project?")) {
 *   if (event.type === "result") console.log(event.answer);
 * }
 * console.log(pool.get(id).session === session); // true
 * ```
 */
export class ClaudeSessionPool {
  #options: ClaudeSessionPoolOptions;
  #slots: ProcessSlots;
  #entries = new Set<Entry>();
  /** The entries by their placeholders and by their ids. */
  #byId = new Map<string, Entry>();

  /**
   * Creates an empty pool.
   *
   * @throws {CcrunError} `usage` if `maxProcesses` is not a positive integer
   */
  constructor(options: ClaudeSessionPoolOptions = {}) {
    const { maxProcesses = DEFAULT_MAX_PROCESSES } = options;
    if (!Number.isSafeInteger(maxProcesses) || maxProcesses < 1) {
      throw new CcrunError("usage", `maxProcesses must be an integer above 0, not ${maxProcesses}`);
    }
    this.#options = { ...options, keepAliveMs: options.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS };
    this.#slots = new ProcessSlots(maxProcesses);
  }

  /**
   * Returns the session of an id, and creates it if necessary. Without an id, it is a new session with a
   * placeholder, which remains valid when the id is known. An id that the pool does not have is resumed
   * by the first run, unless it begins with `pending_`. Names of your own need this prefix. After a fork,
   * the names of the session belong to the fork, except the id of the session that it left.
   *
   * @throws {CcrunError} `usage` if the id cannot be that of a session
   */
  get(
    id: string = `pending_${crypto.randomUUID()}`,
    options: PooledSessionOptions = {},
  ): PooledSession {
    if (!isPlausibleSessionId(id)) throw invalidId();
    const key = normalizeSessionId(id);
    const known = this.#byId.get(key);
    if (known !== undefined) {
      return { session: known.session, id: known.sessionId ?? id, isNew: false };
    }
    // Claude Code would look for a session with this title.
    if (!isPendingSessionId(id) && !isSessionId(id)) throw invalidId();
    const entry = this.#createEntry(key, options);
    this.#entries.add(entry);
    this.#byId.set(key, entry);
    return { session: entry.session, id: key, isNew: true };
  }

  /**
   * Stops the runs of a session, ends its claude, and forgets the session. A later {@linkcode get} resumes it.
   *
   * @returns whether the pool had the session
   */
  async remove(id: string): Promise<boolean> {
    const entry = this.#byId.get(normalizeSessionId(id));
    if (entry === undefined) return false;
    this.#entries.delete(entry);
    for (const name of [entry.pendingId, entry.sessionId]) {
      if (name !== undefined && this.#byId.get(name) === entry) this.#byId.delete(name);
    }
    await entry.session[Symbol.asyncDispose]();
    return true;
  }

  /**
   * Stops all runs, and ends all claudes. The pool keeps its sessions, and can be used again.
   *
   * @param graceMs the grace period in milliseconds, by default that of the sessions; 0 kills now
   * @param reason becomes the outcome of the runs
   */
  async stopAll(graceMs?: number, reason: StopReason = STOPPED_BY_CALLER): Promise<void> {
    await Promise.all(Array.from(this.#entries, async ({ session }) => {
      await session.stopAll(graceMs, reason);
      await session.close();
    }));
  }

  /** Returns how many sessions and claudes there are. */
  stats(): PoolStats {
    const entries = [...this.#entries];
    return {
      active: entries.length,
      pending: entries.filter(({ sessionId }) => sessionId === undefined).length,
      busy: entries.filter(({ session }) => session.busy).length,
      processes: this.#slots.size,
    };
  }

  /** Stops all runs, and ends all claudes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopAll();
  }

  #createEntry(key: string, { workspace }: PooledSessionOptions): Entry {
    const isPending = isPendingSessionId(key);
    const entry: Entry = {
      session: new ClaudeSession({
        ...this.#options,
        workspace: workspace ?? this.#options.workspace,
        sessionId: isPending ? undefined : key,
        broker: this.#slots,
        onSessionId: (id) => this.#setSessionId(entry, normalizeSessionId(id)),
      }),
      pendingId: isPending ? key : undefined,
      sessionId: isPending ? undefined : key,
    };
    return entry;
  }

  /** Records that the session of an entry is known or, after a fork, another one. */
  #setSessionId(entry: Entry, id: string): void {
    const previous = entry.sessionId;
    entry.sessionId = id;
    if (!this.#entries.has(entry)) return;
    if (previous !== undefined && this.#byId.get(previous) === entry) this.#byId.delete(previous);
    // Two entries can have one session if a run named it. The first keeps the id.
    if (!this.#byId.has(id)) this.#byId.set(id, entry);
  }
}

function invalidId(): CcrunError {
  return new CcrunError(
    "usage",
    "invalid session id",
    "use the UUID of a session, or pending_ and up to 120 letters, digits, - and _",
  );
}
