import type { BatchEnd, BatchEvent, BatchStart, TaskEnd } from "../../batch/events.ts";
import { type Changes, failureMessage } from "../../batch/task_result.ts";
import { type ExitReason, SIGNAL_REASONS } from "../../exit_codes.ts";
import { CostTotal } from "../../util/cost.ts";
import { detach, sliceStart } from "../../util/truncate.ts";
import { type FailureGroup, FailureGroups } from "./failure_groups.ts";

/** A branch with the changes of a task. */
export interface ChangedBranch {
  /** The name of the branch, not sanitized. */
  readonly name: string;
  readonly changes: Changes | undefined;
}

const MAX_BRANCHES = 20;
const MAX_BRANCH_LENGTH = 200;

/** The reasons of tasks that were stopped together with the batch. They did not fail, and run again. */
const STOP_REASONS: ReadonlySet<ExitReason> = new Set([...Object.values(SIGNAL_REASONS), "pipe"]);

/** Collects what the end of a batch reports. It keeps a limited amount, however many tasks there are. */
export class BatchTotals {
  /** The cost of the tasks that have ended now. */
  readonly cost = new CostTotal();
  #start: BatchStart | undefined;
  #end: BatchEnd | undefined;
  readonly #failures = new FailureGroups();
  readonly #branches: ChangedBranch[] = [];
  #branchCount = 0;
  #succeeded = 0;
  #failed = 0;
  #durationMs = 0;

  /** Records an event. */
  record(event: BatchEvent): void {
    if (event.type === "batch_start") this.#start = event;
    else if (event.type === "batch_end") this.#end = event;
    else if (event.type === "task_end") this.#recordTask(event);
  }

  #recordTask(task: TaskEnd): void {
    this.cost.add(task.cost_usd);
    if (!isStopped(task)) this.#recordOutcome(task);
    if (task.branch === undefined) return;
    this.#branchCount++;
    if (this.#branches.length === MAX_BRANCHES) return;
    const name = detach(sliceStart(task.branch, MAX_BRANCH_LENGTH));
    this.#branches.push({ name, changes: task.changes });
  }

  #recordOutcome(task: TaskEnd): void {
    this.#durationMs += task.duration_ms;
    if (task.exit === 0) {
      this.#succeeded++;
      return;
    }
    this.#failed++;
    const { id, reason, error } = task;
    this.#failures.add({ id, reason, message: failureMessage(task), hint: error?.hint });
  }

  /** The first event. */
  get start(): BatchStart | undefined {
    return this.#start;
  }

  /** The last event. */
  get end(): BatchEnd | undefined {
    return this.#end;
  }

  /** How many tasks there are. */
  get total(): number {
    return this.#start?.tasks ?? 0;
  }

  /** How many tasks have succeeded before, or have succeeded or failed now. */
  get done(): number {
    return this.skipped + this.ended;
  }

  /** How many tasks have succeeded before. */
  get skipped(): number {
    return this.#start?.skipped ?? 0;
  }

  /** How many tasks have succeeded or failed now. */
  get ended(): number {
    return this.#succeeded + this.#failed;
  }

  /** How many tasks have succeeded, before or now. */
  get succeeded(): number {
    return this.skipped + this.#succeeded;
  }

  /** How many tasks have failed now. */
  get failed(): number {
    return this.#failed;
  }

  /** The mean duration of the tasks that have succeeded or failed now; undefined before the first. */
  get meanDurationMs(): number | undefined {
    return this.ended === 0 ? undefined : this.#durationMs / this.ended;
  }

  /** The failed tasks by reason, the most frequent one first. */
  get failures(): FailureGroup[] {
    return this.#failures.byCount;
  }

  /** The first branches with changes. */
  get branches(): readonly ChangedBranch[] {
    return this.#branches;
  }

  /** How many more branches have changes. */
  get omittedBranches(): number {
    return this.#branchCount - this.#branches.length;
  }
}

/** Returns whether a task was stopped together with the batch. */
export function isStopped({ reason }: TaskEnd): boolean {
  return STOP_REASONS.has(reason);
}
