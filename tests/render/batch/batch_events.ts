/**
 * The events of an imagined batch.
 *
 * @module
 */

import type {
  BatchEnd,
  BatchEvent,
  BatchStart,
  TaskEnd,
  TaskRunEvent,
} from "../../../lib/batch/events.ts";
import type { EventBody } from "../../../lib/events.ts";
import { EXIT_CODES, type FailureReason } from "../../../lib/exit_codes.ts";

/** Returns the first event of a batch. */
export function batchStart(more: Partial<BatchStart> = {}): BatchStart {
  return {
    type: "batch_start",
    schema: "ccrun.batch/1",
    ccrun: "0.0.0",
    time: "2026-01-01T00:00:00Z",
    results: "results.jsonl",
    tasks: 200,
    skipped: 0,
    cost_usd: 0,
    jobs: 4,
    ...more,
  };
}

/** Returns the end of a task that has succeeded. */
export function taskOk(id: string, more: Partial<TaskEnd> = {}): TaskEnd {
  return {
    type: "task_end",
    id,
    execution: 1,
    exit: 0,
    reason: "success",
    answer: "Done.",
    turns: 1,
    cost_usd: 0.12,
    usage: null,
    started_at: "2026-01-01T00:00:00Z",
    ended_at: "2026-01-01T00:00:34Z",
    duration_ms: 34_000,
    ...more,
  };
}

/** Returns the end of a task that has failed. */
export function taskFailed(
  id: string,
  reason: FailureReason,
  message: string,
  more: Partial<TaskEnd> = {},
): TaskEnd {
  const { answer: _, ...task } = taskOk(id);
  return { ...task, exit: EXIT_CODES[reason], reason, error: { kind: reason, message }, ...more };
}

/** Returns an event of the run of a task. */
export function ofTask(task: string, body: EventBody): TaskRunEvent {
  return { ...body, seq: 1, time_ms: 0, task, execution: 1 };
}

/** Returns a wait of a task for a usage limit. */
export function limitWait(
  task: string,
  more: Partial<EventBody<"waiting">> = {},
): TaskRunEvent {
  return ofTask(task, {
    type: "waiting",
    reason: "quota",
    message: "5-hour limit reached",
    until: "2026-01-01T05:00:10Z",
    resets_at: "2026-01-01T05:00:00Z",
    ...more,
  });
}

/** Returns the last event of a batch. */
export function batchEnd(more: Partial<BatchEnd> = {}): BatchEnd {
  return {
    type: "batch_end",
    code: 0,
    reason: "success",
    ok: true,
    succeeded: 200,
    failed: 0,
    remaining: 0,
    cost_usd: 24,
    duration_ms: 3_720_000,
    ...more,
  };
}

/** A batch in which a task succeeds, three fail for two reasons, and the usage limit is reached. */
export const BATCH: readonly BatchEvent[] = [
  batchStart({ skipped: 11 }),
  taskOk("src/a.js", { branch: "ccrun/src-a.js-0123456789", changes: changes(3) }),
  taskFailed("src/b.js", "timeout", "no result after 10m", {
    duration_ms: 600_500,
    error: {
      kind: "timeout",
      message: "no result after 10m",
      hint: 'raise --timeout; resume with: ccrun --resume x "..."',
    },
  }),
  taskFailed("src/c.js", "quota", "5-hour limit\nreached", { cost_usd: null }),
  taskFailed("src/d.js", "quota", "5-hour limit reached", { cost_usd: 0.0312 }),
  batchEnd({
    code: 8,
    reason: "quota",
    ok: false,
    succeeded: 12,
    failed: 3,
    remaining: 185,
    cost_usd: null,
    message: "the usage limit is reached",
    resume: "ccrun batch tasks.txt --results results.jsonl",
  }),
];

/** Returns changes of this many files. */
export function changes(files: number): NonNullable<TaskEnd["changes"]> {
  return { files, insertions: 10, deletions: 2, untracked: 0, commits: 0 };
}
