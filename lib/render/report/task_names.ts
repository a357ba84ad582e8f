import type { ReportCall } from "../report.ts";

/** Remembers the names of the tasks of a to-do list by their ids, which `TaskCreate` returns. */
export class TaskNames {
  readonly #names = new Map<string, string>();

  /** Records a call of `TaskCreate`. */
  record({ output }: ReportCall, name: string): void {
    const [, id] = /#(\d{1,9})\b/.exec(output ?? "") ?? [];
    if (id !== undefined) this.#names.set(id, name);
  }

  /** Returns the name of a task, or its id if the name is not known. */
  get(id: string): string {
    return this.#names.get(id) ?? `Task #${id}`;
  }
}
