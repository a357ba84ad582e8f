import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { SessionWatch } from "../claude/sessions/running.ts";

/** How long a transcript must not have grown before anything else is looked at, in milliseconds. */
const QUIET_MS = 1_000;

/**
 * How long it must not have grown if nothing else tells that the run is over, or if no claude was seen. One
 * that resumes the session may be starting. In milliseconds.
 */
const LONG_QUIET_MS = 5_000;

/** How old the end of an unfinished turn is if it counts as abandoned. A tool can take minutes. */
const ABANDONED_MS = 15 * 60_000;

/** Options for {@linkcode SessionEnd}. */
export interface SessionEndOptions {
  /** Returns the time, in milliseconds. @default {performance.now} */
  readonly now?: () => number;
  /** The time between two looks at the processes, in milliseconds. @default {1_000} */
  readonly intervalMs?: number;
}

/** Notices the end of the run that writes a transcript. */
export class SessionEnd {
  readonly #path: string;
  readonly #watch: SessionWatch;
  #hasSeenClaude = false;
  readonly #now: () => number;
  #grownAt: number;

  /** @param path the transcript, in the folder of a workspace */
  constructor(
    path: string,
    { now = () => performance.now(), intervalMs }: SessionEndOptions = {},
  ) {
    this.#path = path;
    this.#now = now;
    this.#grownAt = now();
    const id = basename(path).replace(/\.jsonl$/i, "");
    const configDirectory = dirname(dirname(dirname(path)));
    this.#watch = new SessionWatch(id, configDirectory, intervalMs);
  }

  /** Records that the transcript has grown. */
  recordGrowth(): void {
    this.#grownAt = this.#now();
  }

  /**
   * Returns whether nothing more is written.
   *
   * @param isTurnComplete whether the last turn in the transcript has ended
   */
  async isReached(isTurnComplete: boolean): Promise<boolean> {
    // The watch has to know the process before its file is removed.
    const activity = await this.#watch.activity();
    if (activity === "running") this.#hasSeenClaude = true;
    const quietMs = this.#now() - this.#grownAt;
    if (quietMs < QUIET_MS) return false;
    const isLongQuiet = quietMs > LONG_QUIET_MS;
    switch (activity) {
      case "running":
        return false;
      case "ended":
        // Old versions do not tell that they run.
        return isLongQuiet || isTurnComplete && this.#hasSeenClaude;
      case "unknown":
        return isLongQuiet && (isTurnComplete || await isAbandoned(this.#path));
    }
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
  return mtime !== null && Date.now() - mtime.getTime() > ABANDONED_MS;
}
