/** Work that waits for its turn. */
export interface Task {
  /** Tasks with the same key run one after the other, in order. */
  readonly key: unknown;
  /** How much memory the task needs, in any unit. @default {0} */
  readonly size?: number | undefined;
  /** Does the work. Never rejects. */
  readonly run: () => Promise<void>;
}

/**
 * Runs tasks in order, several at a time, but only one of each key.
 *
 * @example
 * ```ts
 * import { Scheduler } from "./scheduler.ts";
 *
 * const scheduler = new Scheduler(2);
 * scheduler.add({ key: "a", run: () => Promise.resolve(console.log("done")) });
 * await scheduler.idle();
 * ```
 */
export class Scheduler {
  readonly #jobs: number;
  #waiting: Task[] = [];
  #running = new Map<unknown, Task>();
  #idle: PromiseWithResolvers<void> | undefined;

  /** @param jobs how many tasks run at the same time */
  constructor(jobs: number) {
    this.#jobs = jobs;
  }

  /** How many tasks run. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** How many tasks wait. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** The sizes of the tasks that wait, together. */
  get waitingSize(): number {
    return this.#waiting.reduce((sum, { size = 0 }) => sum + size, 0);
  }

  /** Returns whether a task with a key would not wait. */
  canStart(key: unknown): boolean {
    return this.#running.size < this.#jobs && !this.#running.has(key);
  }

  /** Starts a task, or lets it wait. */
  add(task: Task): void {
    this.#waiting.push(task);
    this.#startNext();
  }

  /** Removes a task that waits. Returns whether it did. */
  remove(task: Task): boolean {
    const index = this.#waiting.indexOf(task);
    if (index !== -1) this.#waiting.splice(index, 1);
    this.#checkIdle();
    return index !== -1;
  }

  /** Resolves when no task runs or waits. */
  async idle(): Promise<void> {
    this.#idle ??= Promise.withResolvers();
    this.#checkIdle();
    await this.#idle?.promise;
  }

  #startNext(): void {
    for (let index = 0; index < this.#waiting.length;) {
      if (this.#running.size >= this.#jobs) return;
      const task = this.#waiting[index];
      if (task === undefined || this.#running.has(task.key)) {
        index++;
        continue;
      }
      this.#waiting.splice(index, 1);
      this.#start(task);
    }
  }

  async #start(task: Task): Promise<void> {
    this.#running.set(task.key, task);
    try {
      await task.run();
    } finally {
      this.#running.delete(task.key);
      this.#startNext();
      this.#checkIdle();
    }
  }

  #checkIdle(): void {
    if (this.#running.size > 0 || this.#waiting.length > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
