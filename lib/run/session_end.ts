import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { SessionWatch } from "../claude/sessions/running.ts";

/** How long a transcript must not have grown before anything else is looked at, in milliseconds. */
const QUIET_MS = 1_000;

/** How long it must not have grown if nothing else tells that the run is over, in milliseconds. */
const LONG_QUIET_MS = 5_000;

/** Notices the end of the run that writes a transcript. */
export class SessionEnd {
  readonly #watch: SessionWatch;
  #grownAt = performance.now();

  /** @param path the transcript, in the folder of a workspace */
  constructor(path: string) {
    const id = basename(path).replace(/\.jsonl$/i, "");
    const configDirectory = dirname(dirname(dirname(path)));
    this.#watch = new SessionWatch(id, configDirectory);
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
  async isReached(isTurnComplete: boolean): Promise<boolean> {
    // The watch has to know the process before its file is removed.
    const activity = await this.#watch.activity();
    const quietMs = performance.now() - this.#grownAt;
    if (quietMs < QUIET_MS) return false;
    const isLongQuiet = quietMs > LONG_QUIET_MS;
    switch (activity) {
      case "running":
        return false;
      case "ended":
        // Old versions do not tell that they run.
        return isTurnComplete || isLongQuiet;
      case "unknown":
        return isTurnComplete && isLongQuiet;
    }
  }
}
