/**
 * Groups the failures of a batch by their reasons, for a table.
 *
 * @module
 */

import { EXIT_MEANINGS, type ExitReason } from "../../exit_codes.ts";
import { oneLine } from "../../util/one_line.ts";
import { detach, sliceStart } from "../../util/truncate.ts";
import type { TaskResult } from "../task_result.ts";

/** An execution that failed. Its id and its message can contain anything. */
export interface FailedTask {
  readonly id: string;
  readonly execution: number;
  readonly reason: ExitReason;
  /** The beginning of the message. */
  readonly message: string;
}

/** The failures that have the same reason. */
export interface FailureGroup {
  readonly reason: ExitReason;
  readonly count: number;
  /** The ids of the first ones. */
  readonly ids: readonly string[];
  /** The message of the first one. */
  readonly message: string;
}

/** A batch can have thousands of failures, and keeps them in memory. */
const MAX_MESSAGE_LENGTH = 500;

/** How many ids a group has at most. */
export const MAX_GROUP_IDS = 3;

/** Returns what a table needs of a result that is not a success. */
export function failedTask({ id, execution, reason, error }: TaskResult): FailedTask {
  const beginning = sliceStart(error?.message ?? EXIT_MEANINGS[reason], MAX_MESSAGE_LENGTH);
  const message = oneLine(detach(beginning));
  return { id, execution, reason, message };
}

/**
 * Groups failures by their reasons, the most frequent reason first.
 *
 * @example
 * ```ts
 * import { failuresByReason } from "./failure_table.ts";
 *
 * const failure = { execution: 1, reason: "timeout", message: "no result within 5m" } as const;
 * const [group] = failuresByReason(["a", "b"].map((id) => ({ id, ...failure })));
 * console.log(group?.reason, group?.count, group?.ids); // timeout 2 [ "a", "b" ]
 * ```
 */
export function failuresByReason(failures: Iterable<FailedTask>): readonly FailureGroup[] {
  return [...Map.groupBy(failures, ({ reason }) => reason)]
    .map(([reason, group]) => ({
      reason,
      count: group.length,
      ids: group.slice(0, MAX_GROUP_IDS).map(({ id }) => id),
      message: group[0]?.message ?? "",
    }))
    .sort((one, other) => other.count - one.count);
}
