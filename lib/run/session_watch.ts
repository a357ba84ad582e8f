import { dirname } from "@std/path/dirname";
import { basename } from "@std/path/basename";
import { ClaudeWatch } from "../claude/sessions/running.ts";

/** How long a transcript must not have grown before anything else is looked at, in milliseconds. */
const QUIET_MS = 1_000;

/** How long it must not have grown if nothing else tells that the run is over, in milliseconds. */
const LONG_QUIET_MS = 5_000;

/** Finds out whether the run that writes a transcript is over. */
export class SessionWatch {
  readonly #claude: ClaudeWatch;
  #grownAt = performance.now();

  /** @param path the transcript, in the folder of a workspace */
  constructor(path: string) {
    const configDirectory = dirname(dirname(dirname(path)));
    this.#claude = new ClaudeWatch(basename(path).replace(/\.jsonl$/i, ""), {
      env: { CLAUDE_CONFIG_DIR: configDirectory },
      home: undefined,
      cwd: configDirectory,
    });
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
    // The watch has to know the process before it removes its file.
    const activity = await this.#claude.activity();
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
