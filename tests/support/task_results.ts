import type { TaskResult } from "../../lib/batch/task_result.ts";
import { EXIT_CODES, type FailureReason } from "../../lib/exit_codes.ts";

/** Returns the result of a task that succeeded. */
export function taskResult(id: string, fields: Partial<TaskResult> = {}): TaskResult {
  return {
    id,
    execution: 1,
    exit: 0,
    reason: "success",
    answer: `the answer of ${id}`,
    session_id: "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b",
    turns: 2,
    cost_usd: 0.1,
    usage: { input: 10, output: 20, cache_read: 30, cache_write: 40 },
    started_at: "2026-11-27T01:00:00.000Z",
    ended_at: "2026-11-27T01:00:30.000Z",
    duration_ms: 30_000,
    ...fields,
  };
}

/** Returns the result of a task that failed. */
export function failedResult(
  id: string,
  { reason = "api", ...fields }: Partial<TaskResult> & { readonly reason?: FailureReason } = {},
): TaskResult {
  const { answer: _, ...result } = taskResult(id);
  const error = { kind: reason, message: `no answer for ${id}` };
  return { ...result, exit: EXIT_CODES[reason], reason, error, ...fields };
}
