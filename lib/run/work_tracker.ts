import type { EventOf, RunEvent } from "../events.ts";

/** Schedules turns for the rest of the life of a claude. */
const CRON_TOOL = "CronCreate";

/** Tracks whether a claude that is kept has something left to do that its messages have not shown yet. */
export class WorkTracker {
  #isWorking = false;
  #awaitsTurn = false;
  #hasSchedule = false;
  #options: string | undefined;
  #hasChangedOptions = false;

  /** Whether claude is in a turn. Versions before 2.1.197 do not report it. */
  get isWorking(): boolean {
    return this.#isWorking;
  }

  /** Whether a background task has ended, and the turn that reports it has not begun. */
  get awaitsTurn(): boolean {
    return this.#awaitsTurn;
  }

  /** Why claude cannot serve another run; undefined if it can. */
  get unfitness(): string | undefined {
    if (this.#hasSchedule) return "the run before left a scheduled turn";
    return this.#hasChangedOptions ? "it had changed its model or permission mode" : undefined;
  }

  /** Records that claude has scheduled a turn, which the run does not wait for. */
  recordSchedule(): void {
    this.#hasSchedule = true;
  }

  /** Records the state that claude reports. It is idle between turns, also while a background task runs. */
  recordState(state: string): void {
    this.#isWorking = state === "running";
    if (this.#isWorking) this.#awaitsTurn = false;
  }

  /** Records an event of the run. */
  recordEvent(event: RunEvent): void {
    if (event.type === "result") this.#awaitsTurn = false;
    if (event.type === "session_info") this.#recordOptions(event);
    if (event.type === "tool_use" && event.name === CRON_TOOL) this.#hasSchedule = true;
    if (event.type !== "task" || event.ambient) return;
    const hasEnded = event.status === "completed" || event.status === "failed";
    // During a turn, claude is idle only after the turn that reports the task.
    if (hasEnded && !this.#isWorking) this.#awaitsTurn = true;
  }

  #recordOptions({ model, permission_mode }: EventOf<"session_info">): void {
    if (model === undefined) return;
    const options = `${model} ${permission_mode}`;
    this.#options ??= options;
    if (options !== this.#options) this.#hasChangedOptions = true;
  }
}
