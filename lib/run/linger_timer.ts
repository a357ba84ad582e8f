import { createDeadline, type Deadline } from "../util/deadline.ts";

/** Options for {@linkcode LingerTimer}. */
export interface LingerTimerOptions {
  /** How long a recording may pause when the run in it is over, in milliseconds. @default no limit */
  readonly ms: number | undefined;
  /** Called when nothing more is expected. */
  readonly onOver: () => void;
}

/** Notices that a recording is over, although its pipe stays open. */
export class LingerTimer {
  #options: LingerTimerOptions;
  #deadline: Deadline | undefined;
  #isReaderBusy = false;

  constructor(options: LingerTimerOptions) {
    this.#options = options;
  }

  /**
   * Starts the time, unless a run is in progress.
   *
   * @param endsAt when the run is over, in milliseconds since 1970
   */
  start(endsAt: number | undefined): void {
    const { ms, onOver } = this.#options;
    if (ms === undefined || endsAt === undefined) return;
    this.#deadline = createDeadline({
      ms: Math.max(0, endsAt - Date.now()) + ms,
      onReached: onOver,
      shouldRestart: () => this.#isReaderBusy,
    });
  }

  /** Stops the time. */
  stop(): void {
    this.#deadline?.clear();
  }

  /** Waits for a slow reader, which delays the recording. */
  async waitForReader(ready: void | Promise<void>): Promise<void> {
    this.#isReaderBusy = true;
    await ready;
    this.#isReaderBusy = false;
  }
}
