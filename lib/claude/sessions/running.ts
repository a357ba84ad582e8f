/**
 * Finds out whether a claude works on a session. Newer versions keep a file for each process while it runs, and
 * leave it if the process is killed.
 *
 * @module
 */

import { join } from "@std/path/join";
import { readBoundedTextFile } from "../../util/bounded_file.ts";
import { parseJsonObject } from "../../util/json.ts";
import { getString } from "../json_fields.ts";
import { type ProcessStarts, processStarts } from "./process_starts.ts";

/** Whether a claude works on a session, or waits for input in it. */
export type SessionActivity = "running" | "ended" | "unknown";

/** The file of a process is named after it. */
const FILE_NAME = /^[1-9]\d{0,9}\.json$/;

/** The file has less than a kilobyte. */
const MAX_FILE_BYTES = 256 * 1024;

/** There is one file for each claude, and for each one that was killed. */
const MAX_FILES = 1_000;

/** A process that has, or had, a session. */
interface SessionProcess {
  readonly sessionId: string;
  readonly pid: number;
  /** When it started, in the format of {@linkcode processStarts}. */
  readonly start: string | undefined;
  /** Where its id is valid, in the format of {@linkcode processStarts}. */
  readonly domain: string | undefined;
}

/**
 * Watches whether a claude runs for a session.
 *
 * @example
 * ```ts
 * import { SessionWatch } from "./running.ts";
 *
 * const watch = new SessionWatch("3f2c8a41-0b6e-4a57-9d0f-5b8f6f1f2a10", "/nonexistent");
 * console.log(await watch.activity()); // unknown
 * ```
 */
export class SessionWatch {
  readonly #sessionId: string;
  readonly #folder: string;
  /** The processes by the names of their files. Claude Code removes its file before it writes its last lines. */
  readonly #processes = new Map<string, SessionProcess>();
  readonly #intervalMs: number;
  #lookedAt = -Infinity;
  #activity: SessionActivity = "unknown";

  /**
   * @param configDirectory the configuration directory of Claude Code, for example `~/.claude`
   * @param intervalMs the time between two looks at the processes, in milliseconds
   */
  constructor(sessionId: string, configDirectory: string, intervalMs = 1_000) {
    this.#sessionId = sessionId;
    this.#folder = join(configDirectory, "sessions");
    this.#intervalMs = intervalMs;
  }

  /**
   * Returns whether a claude runs. Looks at most once in the interval.
   *
   * @returns "unknown" if it may run on another machine or in another container, or if only versions were
   * used that keep no files
   */
  async activity(): Promise<SessionActivity> {
    if (performance.now() - this.#lookedAt >= this.#intervalMs) {
      this.#activity = await this.#look();
      this.#lookedAt = performance.now();
    }
    return this.#activity;
  }

  async #look(): Promise<SessionActivity> {
    const names = await namesIn(this.#folder);
    if (names === undefined) return "unknown";
    for (const name of names) {
      const process = await readSessionProcess(this.#folder, name);
      if (process?.sessionId === this.#sessionId) this.#processes.set(name, process);
    }
    if (this.#processes.size === 0) return "ended";
    const starts = await processStarts([...this.#processes.values()].map(({ pid }) => pid));
    if (starts === undefined) return "unknown";
    const activities = new Set<SessionActivity>();
    for (const [name, process] of this.#processes) {
      const activity = activityOf(process, starts);
      activities.add(activity);
      if (activity !== "running" && !names.includes(name)) this.#processes.delete(name);
    }
    if (activities.has("running")) return "running";
    return activities.has("unknown") ? "unknown" : "ended";
  }
}

function activityOf(
  { pid, start, domain }: SessionProcess,
  { domain: ownDomain, starts }: ProcessStarts,
): SessionActivity {
  if (domain !== undefined && domain !== ownDomain) return "unknown";
  const currentStart = starts.get(pid);
  if (currentStart === undefined) return "ended";
  // Another process can have the id of one that was killed.
  return start === undefined || start === currentStart ? "running" : "ended";
}

/** Returns the names of the files; undefined if there is no folder, or it cannot be read. */
async function namesIn(folder: string): Promise<string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (FILE_NAME.test(name) && names.length < MAX_FILES) names.push(name);
    }
  } catch {
    return undefined;
  }
  return names;
}

/** Reads the file of a process; returns undefined if it names no session. */
async function readSessionProcess(
  folder: string,
  name: string,
): Promise<SessionProcess | undefined> {
  const text = await readBoundedTextFile(join(folder, name), MAX_FILE_BYTES).catch(() => "");
  const record = parseJsonObject(text) ?? {};
  const sessionId = getString(record, "sessionId");
  return sessionId === undefined ? undefined : {
    sessionId,
    pid: Number.parseInt(name),
    start: getString(record, "procStart"),
    domain: getString(record, "pidDomain"),
  };
}
