import { CostTotal } from "../../util/cost.ts";
import type { TaskResult } from "../task_result.ts";
import { readResultLines, type ResultLine } from "./read_results.ts";

interface TaskHistory {
  readonly executions: number;
  readonly hasSucceeded: boolean;
}

/** What is known about the executions of a batch so far, without their answers. */
export class History {
  /** The cost of all executions. */
  readonly cost = new CostTotal();
  readonly #tasks = new Map<string, TaskHistory>();

  /** Adds an execution. */
  record({ id, execution, exit, cost_usd }: TaskResult): void {
    this.#tasks.set(id, {
      executions: Math.max(this.executions(id), execution),
      hasSucceeded: this.hasSucceeded(id) || exit === 0,
    });
    this.cost.add(cost_usd);
  }

  /** Returns the number of the last execution of a task; 0 if there was none. */
  executions(id: string): number {
    return this.#tasks.get(id)?.executions ?? 0;
  }

  /** Returns whether an execution of a task has succeeded. */
  hasSucceeded(id: string): boolean {
    return this.#tasks.get(id)?.hasSucceeded ?? false;
  }
}

/** The history that a results file contains. */
export interface FileHistory {
  readonly history: History;
  /** The last line, which can be incomplete; undefined if the file is empty. */
  readonly last: ResultLine | undefined;
}

/**
 * Reads the history in a results file.
 *
 * @throws if a line is not a result, or is too long
 */
export async function readHistory(file: Deno.FsFile): Promise<FileHistory> {
  const history = new History();
  let last: ResultLine | undefined;
  for await (const line of readResultLines(file)) {
    if (line.result !== undefined) history.record(line.result);
    last = line;
  }
  return { history, last };
}
