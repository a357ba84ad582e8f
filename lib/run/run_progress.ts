import type { Normalizer } from "../claude/normalizer.ts";
import type { RunEvent } from "../events.ts";
import type { ClaudeProcess } from "./claude_process.ts";
import type { StopController } from "./stop_controller.ts";
import { wakeUpDelay } from "./wake_up_delay.ts";
import type { Watchdog } from "./watchdog.ts";
import { WorkTracker } from "./work_tracker.ts";

/** How long a subagent that was stopped can still write, in milliseconds. */
const LAST_LINES_MS = 50;

/** Options for {@linkcode RunProgress}. */
export interface RunProgressOptions {
  readonly process: ClaudeProcess;
  readonly stops: StopController;
  readonly watchdog: Watchdog;
  /** Whether claude is kept for the next run. Otherwise, the run ends when claude has exited. */
  readonly isKept: boolean;
}

/** Tracks what claude has left to do for a run. */
export class RunProgress {
  #options: RunProgressOptions;
  #work = new WorkTracker();
  #finished = new AbortController();
  #lastLines: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RunProgressOptions) {
    this.#options = options;
  }

  /** Aborted when a claude that is kept has nothing left to do. */
  get finished(): AbortSignal {
    return this.#finished.signal;
  }

  /** Whether a claude that is kept has nothing left to do. */
  get isFinished(): boolean {
    return this.#finished.signal.aborted;
  }

  /** Why claude cannot serve another run; undefined if it can. */
  get unfitness(): string | undefined {
    return this.#work.unfitness;
  }

  /** Records the prompt that was sent. */
  recordPrompt(prompt: string): void {
    this.#work.recordPrompt(prompt);
  }

  /** Records an event of claude. */
  recordEvent(event: RunEvent): void {
    this.#work.recordEvent(event);
  }

  /** Records the state that claude reports. */
  recordState(state: string): void {
    this.#work.recordState(state);
  }

  /** Decides whether claude has finished, exits, or begins another turn by itself. */
  update(normalizer: Normalizer): void {
    if (this.#options.isKept) this.#updateKept(normalizer);
    else this.#updateExiting(normalizer);
  }

  /** Ends the run, and leaves claude to the next one. */
  finish(): void {
    this.#finished.abort();
    this.#options.stops.handleExit();
  }

  /** Lets a claude that needs no more input exit. */
  #updateExiting({ isIdle, needsInput, wakesAt }: Normalizer): void {
    const { process: { connection }, stops } = this.#options;
    if (!needsInput) connection.endInput();
    if (!isIdle || wakesAt === undefined) return stops.setIdle(isIdle);
    this.#expectTurn(wakesAt, () => connection.endInput());
  }

  #updateKept(normalizer: Normalizer): void {
    const { stops } = this.#options;
    if (!this.#isQuiet(normalizer)) return stops.setIdle(false);
    if (stops.current !== undefined) return this.#finishSoon(normalizer);
    const { wakesAt } = normalizer;
    if (wakesAt === undefined && !this.#work.awaitsTurn) return this.finish();
    this.#expectTurn(wakesAt ?? Date.now(), () => this.#abandonTurn());
  }

  /** Whether claude is between two turns, and no background task runs. */
  #isQuiet({ isIdle }: Normalizer): boolean {
    return isIdle && !this.#work.isWorking && !this.#options.process.hasOpenRequests;
  }

  /** Finishes a run that was stopped when the last lines are in. */
  #finishSoon(normalizer: Normalizer): void {
    this.#lastLines ??= setTimeout(() => {
      this.#lastLines = undefined;
      if (this.#options.process.hasExited || !this.#isQuiet(normalizer)) return;
      if (normalizer.wakesAt !== undefined) this.#abandonTurn();
      else this.finish();
    }, LAST_LINES_MS);
  }

  /** Finishes, although claude has scheduled a turn. */
  #abandonTurn(): void {
    this.#work.recordSchedule();
    this.finish();
  }

  /** Waits for a turn that begins at a time in milliseconds since 1970. */
  #expectTurn(startsAt: number, onMissed: () => void): void {
    const { stops, watchdog } = this.#options;
    const delayMs = wakeUpDelay(startsAt, Date.now());
    watchdog.noteOutput(delayMs);
    stops.expectWakeUp(delayMs, onMissed);
  }
}
