import { asFailure, type Failure } from "../errors.ts";
import { EXIT_CODES, type ExitReason } from "../exit_codes.ts";
import type { StopReason } from "../run/stop_reason.ts";
import type { ClaudeSession } from "../session.ts";
import { CostTotal } from "../util/cost.ts";
import { formatCount } from "../util/units.ts";
import { WallClockWait } from "../util/wall_clock_wait.ts";
import { VERSION } from "../version.ts";
import { BATCH_SCHEMA_ID, type BatchEnd, type BatchEvent } from "./events.ts";
import type { ResultsFile } from "./results/results_file.ts";
import { runTask, type RunTaskOptions } from "./run_task.ts";
import type { Task } from "./task.ts";
import type { TaskResult } from "./task_result.ts";

/** Options for {@linkcode Batch}. */
export interface BatchOptions extends RunTaskOptions {
  readonly tasks: readonly Task[];
  readonly results: ResultsFile;
  /** How many tasks run at the same time. */
  readonly jobs: number;
  /** After how many failed tasks no other one starts. @default no limit */
  readonly maxFailures?: number | undefined;
  /** What all executions in the results file may cost together, in US dollars. @default no limit */
  readonly maxTotalBudgetUsd?: number | undefined;
  /** Changes a result before it is written. @default none */
  readonly redactResult?: ((result: TaskResult) => TaskResult) | undefined;
  /** The command that continues the batch. */
  readonly resume: string;
  /** Receives the events. Resolves when there is room for more. */
  readonly emit: (event: BatchEvent) => void | Promise<void>;
}

/** Why no other task starts. */
interface Ending {
  readonly reason: ExitReason;
  readonly message: string;
}

/** Failures that all tasks would have. */
const HOPELESS: ReadonlySet<ExitReason> = new Set(["auth", "not_found", "not_executable"]);

/** Runs tasks, several at a time, and writes their results. Tasks that have succeeded are skipped. */
export class Batch {
  readonly #options: BatchOptions;
  /** The tasks that have not started. */
  readonly #waiting: Iterator<Task>;
  readonly #sessions = new Set<ClaudeSession>();
  readonly #stopped = new AbortController();
  #stopReason: StopReason | undefined;
  #ending: Ending | undefined;
  /** Until when no task starts because of a usage limit, in milliseconds since 1970. */
  #pausedUntil = 0;
  readonly #skipped: number;
  #succeeded: number;
  #failed = 0;
  #hasReachedQuota = false;
  readonly #cost = new CostTotal();
  #resetsAt: string | undefined;

  constructor(options: BatchOptions) {
    this.#options = options;
    const { tasks, results: { history } } = options;
    const left = tasks.filter(({ id }) => !history.hasSucceeded(id));
    this.#waiting = left.values();
    this.#skipped = this.#succeeded = tasks.length - left.length;
  }

  /** Runs all tasks, and returns how the batch has ended. Emits that, too. */
  async run(): Promise<BatchEnd> {
    const startTime = performance.now();
    const { tasks, results, jobs, emit } = this.#options;
    await emit({
      type: "batch_start",
      schema: BATCH_SCHEMA_ID,
      ccrun: VERSION,
      time: new Date().toISOString(),
      results: results.path,
      tasks: tasks.length,
      skipped: this.#skipped,
      cost_usd: results.history.cost.usd,
      jobs,
    });
    await Promise.all(Array.from({ length: jobs }, () => this.#work()));
    const end = this.#end(Math.round(performance.now() - startTime));
    await emit(end);
    return end;
  }

  /** Stops the running tasks, and starts no other one. */
  stop(reason: StopReason): void {
    this.#stopReason ??= reason;
    this.#stopped.abort(reason);
  }

  /** Kills the running tasks now. */
  kill(): void {
    for (const session of this.#sessions) void session.stop(0);
  }

  /** Suspends the running tasks. */
  async suspend(): Promise<void> {
    await Promise.all(Array.from(this.#sessions, (session) => session.suspend()));
  }

  /** Resumes what {@linkcode suspend} suspended. */
  async resume(): Promise<void> {
    await Promise.all(Array.from(this.#sessions, (session) => session.resume()));
  }

  /** Runs one task after the other. */
  async #work(): Promise<void> {
    while (true) {
      await this.#waitForLimit();
      const task = this.#takeTask();
      if (task === undefined) return;
      try {
        await this.#execute(task);
      } catch (error) {
        this.#abandon(asFailure(error));
      }
    }
  }

  async #waitForLimit(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const wait = new WallClockWait({ until: this.#pausedUntil });
      if (wait.remainingMs <= 0) return;
      await wait.waitFor(wait.remainingMs, this.#stopped.signal);
    }
  }

  #takeTask(): Task | undefined {
    if (this.#stopReason !== undefined || this.#ending !== undefined) return undefined;
    if (this.#budgetLeft <= 0) return this.#endOfBudget();
    return this.#waiting.next().value;
  }

  #endOfBudget(): undefined {
    const { maxTotalBudgetUsd } = this.#options;
    const message = `--max-total-budget-usd ${maxTotalBudgetUsd} is used up`;
    this.#ending = { reason: "limit", message };
  }

  /** What tasks may still cost, in US dollars. */
  get #budgetLeft(): number {
    const { maxTotalBudgetUsd = Infinity, results: { history } } = this.#options;
    return maxTotalBudgetUsd - history.cost.knownUsd;
  }

  async #execute(task: Task): Promise<void> {
    const { results, emit, redactResult } = this.#options;
    const number = results.history.executions(task.id) + 1;
    let session: ClaudeSession | undefined;
    const events = runTask({
      task,
      number,
      budgetLeft: this.#budgetLeft,
      signal: this.#stopped.signal,
      onSession: (started) => this.#sessions.add(session = started),
    }, this.#options);
    try {
      let next = await events.next();
      while (!next.done) {
        const event = next.value;
        if (event.type === "waiting" && event.reason === "quota") {
          this.#pausedUntil = Math.max(this.#pausedUntil, Date.parse(event.until));
        }
        await emit({ ...event, task: task.id, execution: number });
        next = await events.next();
      }
      const result = await results.append(redactResult?.(next.value) ?? next.value);
      this.#record(result);
      await emit({ type: "task_end", ...result });
    } finally {
      if (session !== undefined) this.#sessions.delete(session);
    }
  }

  #record({ exit, reason, error, cost_usd, resets_at }: TaskResult): void {
    const { maxFailures = Infinity } = this.#options;
    this.#cost.add(cost_usd);
    if (exit === 0) {
      this.#succeeded++;
      return;
    }
    // A task that was stopped with the batch did not fail.
    if (this.#stopReason?.failure.kind === reason) return;
    this.#failed++;
    if (reason === "quota") {
      this.#hasReachedQuota = true;
      this.#resetsAt = resets_at ?? this.#resetsAt;
      this.#ending ??= { reason, message: error?.message ?? "the usage limit is reached" };
    } else if (HOPELESS.has(reason)) {
      this.#ending ??= { reason: "failed", message: error?.message ?? reason };
    } else if (this.#failed >= maxFailures) {
      const message = `${formatCount(this.#failed, "task")} failed, and --max-failures is reached`;
      this.#ending ??= { reason: "failed", message };
    }
  }

  /** Stops everything, because results can no longer be written or shown. */
  #abandon(failure: Failure): void {
    this.#ending ??= { reason: failure.kind, message: failure.message };
    this.stop({ failure });
  }

  #end(duration_ms: number): BatchEnd {
    const { tasks, resume } = this.#options;
    const reason = this.#reason();
    const remaining = tasks.length - this.#succeeded - this.#failed;
    const message = this.#stopReason?.failure.message ?? this.#ending?.message;
    return {
      type: "batch_end",
      code: EXIT_CODES[reason],
      reason,
      ok: reason === "success",
      succeeded: this.#succeeded,
      failed: this.#failed,
      remaining,
      ...(message === undefined || reason === "success" ? {} : { message }),
      ...(reason === "success" ? {} : { resume }),
      cost_usd: this.#cost.usd,
      duration_ms,
      ...(this.#resetsAt === undefined ? {} : { resets_at: this.#resetsAt }),
    };
  }

  #reason(): ExitReason {
    if (this.#succeeded === this.#options.tasks.length) return "success";
    if (this.#stopReason !== undefined) return this.#stopReason.failure.kind;
    if (this.#hasReachedQuota) return "quota";
    return this.#ending?.reason === "limit" ? "limit" : "failed";
  }
}
