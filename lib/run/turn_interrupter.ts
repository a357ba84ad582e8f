import { resolvesWithin } from "../util/resolves_within.ts";
import type { ClaudeProcess } from "./claude_process.ts";

/**
 * How often claude is asked to stop, in milliseconds. It ignores a request that arrives before its turn has
 * begun, and a task can start later.
 */
const REPEAT_INTERVAL_MS = 100;

/** Options for {@linkcode TurnInterrupter}. */
export interface TurnInterrupterOptions {
  readonly process: ClaudeProcess;
  /** Returns the ids of the background tasks that are running. */
  readonly runningTasks: () => Iterable<string>;
  /** Aborted when claude has finished its work for the run. */
  readonly finished: AbortSignal;
}

/**
 * Stops the work of a claude that is kept for the next run, instead of claude itself. A claude that does
 * not stop working within the grace period is killed.
 */
export class TurnInterrupter {
  #process: ClaudeProcess;
  #runningTasks: () => Iterable<string>;
  #finished: AbortSignal;

  constructor({ process, runningTasks, finished }: TurnInterrupterOptions) {
    this.#process = process;
    this.#runningTasks = runningTasks;
    this.#finished = finished;
  }

  /**
   * Interrupts the turn, and stops the background tasks.
   *
   * @param graceMs in milliseconds
   * @returns whether claude was working, when it has stopped
   */
  async stop(graceMs: number): Promise<boolean> {
    if (this.#finished.aborted || this.#process.hasExited) return false;
    const { child } = this.#process.connection;
    this.#interrupt();
    const timer = setInterval(() => this.#interrupt(), REPEAT_INTERVAL_MS);
    const stopped = Promise.race([aborted(this.#finished), child.exited]);
    if (!await resolvesWithin(stopped, graceMs)) child.kill();
    await stopped;
    clearInterval(timer);
    return true;
  }

  /** Kills claude and its descendants now, unless it has finished its work. */
  kill(): void {
    if (!this.#finished.aborted) this.#process.connection.child.kill();
  }

  /** Stops what claude left running, if it has exited. */
  async reapLeftovers(graceMs: number, keep = false): Promise<unknown> {
    if (this.#finished.aborted) return [];
    return await this.#process.connection.child.reapLeftovers(graceMs, keep);
  }

  async #interrupt(): Promise<void> {
    await this.#process.interrupt();
    // Subagents have stopped by now. To stop one of them as a task would start another turn.
    if (this.#finished.aborted) return;
    for (const id of this.#runningTasks()) this.#process.stopTask(id);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
