import { addCost } from "../../claude/usage.ts";
import type { TaskResult } from "../task_result.ts";

interface TaskHistory {
  readonly executions: number;
  readonly hasSucceeded: boolean;
}

/** What is known about the executions of a batch so far, without their answers. */
export class History {
  #tasks = new Map<string, TaskHistory>();
  #costUsd: number | null = 0;
  #knownCostUsd = 0;

  /** Adds an execution. */
  record({ id, execution, exit, cost_usd }: TaskResult): void {
    this.#tasks.set(id, {
      executions: Math.max(this.executions(id), execution),
      hasSucceeded: this.hasSucceeded(id) || exit === 0,
    });
    this.#costUsd = addCost(this.#costUsd, cost_usd);
    this.#knownCostUsd = addCost(this.#knownCostUsd, cost_usd) ?? this.#knownCostUsd;
  }

  /** Returns the number of the last execution of a task; 0 if there was none. */
  executions(id: string): number {
    return this.#tasks.get(id)?.executions ?? 0;
  }

  /** Returns whether an execution of a task has succeeded. */
  hasSucceeded(id: string): boolean {
    return this.#tasks.get(id)?.hasSucceeded ?? false;
  }

  /** The cost of all executions in US dollars; null if that of one is not known. */
  get costUsd(): number | null {
    return this.#costUsd;
  }

  /** The cost of the executions whose cost is known, in US dollars. */
  get knownCostUsd(): number {
    return this.#knownCostUsd;
  }
}
