import { dirname } from "@std/path/dirname";
import { basename } from "@std/path/basename";
import { findRunningClaude, type SessionActivity } from "../claude/sessions/running.ts";

/** How long a transcript must not have grown before anything else is looked at, in milliseconds. */
const QUIET_MS = 1_000;

/** How long it must not have grown if nothing else tells that the run is over, in milliseconds. */
const LONG_QUIET_MS = 5_000;

/** Finds out whether the run that writes a transcript is over. */
export class SessionWatch {
  readonly #sessionId: string;
  readonly #configDirectory: string;
  #grownAt = performance.now();
  #checkedAt = -Infinity;
  #activity: SessionActivity = "unknown";

  /** @param path the transcript, in the folder of a workspace */
  constructor(path: string) {
    this.#sessionId = basename(path).replace(/\.jsonl$/i, "");
    this.#configDirectory = dirname(dirname(dirname(path)));
  }

  /** Records that the transcript has grown. */
  recordGrowth(): void {
    this.#grownAt = performance.now();
  }

  /**
   * Returns whether nothing more is written.
   *
   * @param isTurnComplete whether the last turn in the transcript has ended
   */
  async isOver(isTurnComplete: boolean): Promise<boolean> {
    const now = performance.now();
    const quietMs = now - this.#grownAt;
    if (quietMs < QUIET_MS) return false;
    const isLongQuiet = quietMs > LONG_QUIET_MS;
    if (now - this.#checkedAt >= QUIET_MS) {
      this.#activity = await this.#findActivity();
      this.#checkedAt = now;
    }
    switch (this.#activity) {
      case "running":
        return false;
      case "ended":
        // Old versions do not tell that they run.
        return isTurnComplete || isLongQuiet;
      case "unknown":
        return isTurnComplete && isLongQuiet;
    }
  }

  async #findActivity(): Promise<SessionActivity> {
    return await findRunningClaude(this.#sessionId, {
      env: { CLAUDE_CONFIG_DIR: this.#configDirectory },
      home: undefined,
      cwd: this.#configDirectory,
    });
  }
}
