import type { ExitReason } from "../../exit_codes.ts";
import { withoutContinuation } from "../../util/continuation_hint.ts";
import { detach, sliceEnd, sliceStart } from "../../util/truncate.ts";

/** A task that failed. The texts can contain anything. */
export interface FailedTask {
  readonly id: string;
  readonly reason: ExitReason;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** The failed tasks with one reason. */
export interface FailureGroup {
  readonly reason: ExitReason;
  readonly count: number;
  /** The ids of the first of them, not sanitized. A long one has lost its beginning. */
  readonly ids: readonly string[];
  /** Why the first of them failed, not sanitized. */
  readonly message: string;
  /** What to do about that, not sanitized; empty if that is not known. */
  readonly hint: string;
}

/** How many ids a group keeps. */
const MAX_IDS = 3;

const MAX_ID_LENGTH = 200;
const MAX_MESSAGE_LENGTH = 1_000;
const MAX_HINT_LENGTH = 2_000;

/** Groups the failed tasks of a batch by reason. It keeps a limited amount, however many there are. */
export class FailureGroups {
  readonly #groups = new Map<ExitReason, FailureGroup>();

  /** Adds a failed task. */
  add({ id, reason, message, hint = "" }: FailedTask): void {
    const group = this.#groups.get(reason) ?? {
      reason,
      count: 0,
      ids: [],
      message: detach(sliceStart(message, MAX_MESSAGE_LENGTH)),
      // It is the batch that continues, not the session of a task.
      hint: detach(sliceStart(withoutContinuation(hint), MAX_HINT_LENGTH)),
    };
    const ids = group.ids.length === MAX_IDS
      ? group.ids
      : [...group.ids, detach(sliceEnd(id, MAX_ID_LENGTH))];
    this.#groups.set(reason, { ...group, count: group.count + 1, ids });
  }

  /** The groups, with the most frequent reason first. */
  get byCount(): FailureGroup[] {
    return [...this.#groups.values()].sort((one, other) => other.count - one.count);
  }
}
