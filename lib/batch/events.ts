/**
 * The events of a batch, as `ccrun batch --json` prints them.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { ExitReason } from "../exit_codes.ts";
import type { TaskResult } from "./task_result.ts";

/** The name and version of the vocabulary. */
export const BATCH_SCHEMA_ID = "ccrun.batch/1";

/** Emitted once, before the first task. */
export interface BatchStart {
  readonly type: "batch_start";
  readonly schema: typeof BATCH_SCHEMA_ID;
  /** The version of ccrun. */
  readonly ccrun: string;
  /** When the batch started, as an RFC 3339 time. */
  readonly time: string;
  /** The path of the results file. */
  readonly results: string;
  /** How many tasks there are, in this shard. */
  readonly tasks: number;
  /** How many of them have succeeded before, and are skipped. */
  readonly skipped: number;
  /** What all executions so far have cost in US dollars; null if that is not known. */
  readonly cost_usd: number | null;
  /** How many tasks run at the same time. */
  readonly jobs: number;
}

/** An event of the run of a task, with the id of the task. */
export type TaskRunEvent = RunEvent & { readonly task: string; readonly execution: number };

/** Emitted when the result of a task is written. */
export interface TaskEnd extends TaskResult {
  readonly type: "task_end";
}

/** Emitted once, as the last event. */
export interface BatchEnd {
  readonly type: "batch_end";
  /** The exit code of ccrun. */
  readonly code: number;
  readonly reason: ExitReason;
  readonly ok: boolean;
  /** How many tasks have succeeded, before or now. */
  readonly succeeded: number;
  /** How many tasks were executed now, and failed. */
  readonly failed: number;
  /** How many tasks were not executed, or were stopped with the batch. */
  readonly remaining: number;
  /** Why no more tasks were started, in one line. */
  readonly message?: string;
  /** The command that runs the rest. */
  readonly resume?: string;
  /** What the tasks have cost now, in US dollars; null if that is not known. */
  readonly cost_usd: number | null;
  readonly duration_ms: number;
  /** When the usage limit that stopped the batch is reset, as an RFC 3339 time. */
  readonly resets_at?: string;
}

/** An event of a batch. */
export type BatchEvent = BatchStart | TaskRunEvent | TaskEnd | BatchEnd;
