import type { TaskRunEvent } from "../../batch/events.ts";
import type { EventOf } from "../../events.ts";
import { BoundedMap } from "../../util/bounded_map.ts";
import { NoticeFactory, noticeLine } from "../notices.ts";
import { formatId } from "./words.ts";

/** A wait of a task. */
export type TaskWait = TaskRunEvent & EventOf<"waiting">;

/** A task that waits reports that every half hour, and all tasks that wait for a reset nearly do together. */
const REPEAT_AFTER_MS = 29 * 60 * 1_000;

/** The number of resets that are remembered. */
const MAX_RESETS = 100;

/** Reports a wait for a usage limit only once for all tasks that wait for the same reset. */
export class WaitLines {
  readonly #notices = new NoticeFactory();
  readonly #clock: () => number;
  /** When the wait for each reset was reported last, by the clock. */
  readonly #reportedAt = new BoundedMap<string, number>(MAX_RESETS);

  /** @param clock returns the time in milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Returns the line about a wait, sanitized; undefined if the wait was reported. */
  lineOf(event: TaskWait): string | undefined {
    const [notice] = this.#notices.noticesOf(event);
    if (notice === undefined) return undefined;
    const line = noticeLine(notice);
    if (event.reason !== "quota") return `${formatId(event.task)}: ${line}`;
    const reset = event.resets_at ?? "unknown";
    const now = this.#clock();
    if (now - (this.#reportedAt.get(reset) ?? -Infinity) < REPEAT_AFTER_MS) return undefined;
    this.#reportedAt.set(reset, now);
    return line;
  }
}
