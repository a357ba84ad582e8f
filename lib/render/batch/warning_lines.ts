import type { TaskRunEvent } from "../../batch/events.ts";
import type { EventOf } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { claudeNotice, noticeLine } from "../notices.ts";
import { formatId } from "./words.ts";

/** A notice of the run of a task. */
export type TaskNotice = TaskRunEvent & EventOf<"notice">;

/** The number of kinds that are shown. Claude Code and its plugins choose some of them. */
const MAX_KINDS = 20;

const MAX_KIND_LENGTH = 40;

/** Shows the first warning of each kind and counts the others, because most tasks have the same ones. */
export class WarningLines {
  /** How many more warnings of each kind there were. */
  readonly #repetitions = new Map<string, number>();

  /** Returns the line about a warning or an error, sanitized; undefined if one of its kind was shown. */
  lineOf(event: TaskNotice): string | undefined {
    const { level, kind, task } = event;
    const count = this.#repetitions.get(kind);
    if (count !== undefined) {
      this.#repetitions.set(kind, count + 1);
      return undefined;
    }
    if (this.#repetitions.size === MAX_KINDS) return undefined;
    this.#repetitions.set(kind, 0);
    return `${level}: ${formatId(task)}: ${noticeLine(claudeNotice(event))}`;
  }

  /** Returns the line about the warnings that were not shown, sanitized; undefined if there are none. */
  get summary(): string | undefined {
    const more = [...this.#repetitions].filter(([, count]) => count > 0);
    if (more.length === 0) return undefined;
    const kinds = more.map(([kind, count]) => `${sanitizeLine(kind, MAX_KIND_LENGTH)} (${count})`);
    return `more warnings like those above: ${kinds.join(", ")}`;
  }
}
