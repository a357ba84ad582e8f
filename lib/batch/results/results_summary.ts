import { addUsage, NO_USAGE, type Usage } from "../../events.ts";
import { EXIT_REASONS, type ExitReason } from "../../exit_codes.ts";
import { CostTotal } from "../../util/cost.ts";
import { oneLine } from "../../util/one_line.ts";
import { detach, sliceStart } from "../../util/truncate.ts";
import { failureMessage, type TaskResult } from "../task_result.ts";

/** The last execution of a task that has not succeeded. The texts can contain anything. */
export interface FailedExecution {
  readonly id: string;
  readonly execution: number;
  readonly reason: ExitReason;
  /** The beginning of the message, on one line. */
  readonly message: string;
}

/** What the results of one or several results files add up to. */
export interface ResultsReport {
  /** How many tasks were executed. */
  readonly tasks: number;
  /** How many of them have succeeded. */
  readonly succeeded: number;
  readonly failed: number;
  /** How many executions there were. */
  readonly executions: number;
  /** How many tasks ended with each reason. */
  readonly reasons: { readonly [R in ExitReason]?: number };
  /** The cost of all executions in US dollars; null if that of one is not known. */
  readonly cost_usd: number | null;
  /** The cost of the executions whose cost is known, in US dollars. */
  readonly known_cost_usd: number;
  /** The tokens of all executions; null if those of one are not known. */
  readonly usage: Usage | null;
  /** The time of all executions, one after the other, in milliseconds. */
  readonly duration_ms: number;
  /** When the first execution started, as an RFC 3339 time; null if there was none. */
  readonly started_at: string | null;
  /** When the last one ended. */
  readonly ended_at: string | null;
  /** The tasks that have not succeeded, with their last executions. */
  readonly failures: readonly FailedExecution[];
}

/** The execution that decides the outcome of a task. */
interface Outcome extends Pick<TaskResult, "exit" | "reason" | "ended_at"> {
  readonly failure: FailedExecution | undefined;
}

/** A batch can have thousands of failures, which stay in memory. */
const MAX_MESSAGE_LENGTH = 500;

/** Adds up results, in any order, without keeping their answers. */
export class ResultsSummary {
  #outcomes = new Map<string, Outcome>();
  /** The executions that were added. The files of several machines can contain the same ones. */
  #seen = new Set<string>();
  #cost = new CostTotal();
  #usage: Usage | null = NO_USAGE;
  #durationMs = 0;
  #startedAt: string | null = null;
  #endedAt: string | null = null;

  /** Adds an execution, unless it was added before. */
  add(result: TaskResult): void {
    const { id, execution, cost_usd, usage, started_at, ended_at } = result;
    const key = JSON.stringify([id, execution, started_at]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#addOutcome(result);
    this.#cost.add(cost_usd);
    this.#usage = this.#usage && usage && addUsage(this.#usage, usage);
    this.#durationMs += result.duration_ms;
    if (this.#startedAt === null || isBefore(started_at, this.#startedAt)) {
      this.#startedAt = started_at;
    }
    if (this.#endedAt === null || isBefore(this.#endedAt, ended_at)) this.#endedAt = ended_at;
  }

  /** A success counts, as it does for a batch that continues. Otherwise, the last execution counts. */
  #addOutcome(result: TaskResult): void {
    const { id, exit, reason, ended_at } = result;
    const earlier = this.#outcomes.get(id);
    if (earlier?.exit === 0) return;
    if (exit !== 0 && earlier !== undefined && isBefore(ended_at, earlier.ended_at)) return;
    const failure = exit === 0 ? undefined : failedExecution(result);
    this.#outcomes.set(id, { exit, reason, ended_at, failure });
  }

  /** The sums so far. */
  get report(): ResultsReport {
    const outcomes = [...this.#outcomes.values()];
    const failures = outcomes.flatMap(({ failure }) => failure ?? []);
    return {
      tasks: outcomes.length,
      succeeded: outcomes.length - failures.length,
      failed: failures.length,
      executions: this.#seen.size,
      reasons: countReasons(outcomes),
      cost_usd: this.#cost.usd,
      known_cost_usd: this.#cost.knownUsd,
      usage: this.#usage,
      duration_ms: this.#durationMs,
      started_at: this.#startedAt,
      ended_at: this.#endedAt,
      failures,
    };
  }
}

function failedExecution(result: TaskResult): FailedExecution {
  const { id, execution, reason } = result;
  const message = oneLine(detach(sliceStart(failureMessage(result), MAX_MESSAGE_LENGTH)));
  return { id, execution, reason, message };
}

/** Counts reasons, in the order of their exit codes. */
function countReasons(outcomes: readonly Outcome[]): ResultsReport["reasons"] {
  const groups = Map.groupBy(outcomes, ({ reason }) => reason);
  const counts = EXIT_REASONS.map((reason) => [reason, groups.get(reason)?.length ?? 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Compares RFC 3339 times, which can have different time zones. */
function isBefore(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other);
}
