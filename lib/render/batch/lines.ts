import type { BatchEnd, BatchEvent, BatchStart, TaskEnd } from "../../batch/events.ts";
import type { Annotation, AnnotationLevel } from "../../terminal/ci_log.ts";
import { MAX_ADVICE_LENGTH, sanitizeLine } from "../../terminal/sanitize.ts";
import { createStyles, type Styles } from "../../terminal/styles.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { formatBranches, formatCommand, formatFailures } from "./end_table.ts";
import { formatTask } from "./task_line.ts";
import { BatchTotals, isStopped } from "./totals.ts";
import { type TaskWait, WaitLines } from "./wait_lines.ts";
import { type TaskNotice, WarningLines } from "./warning_lines.ts";
import { countTasks, formatEnd, formatId, resumeTitle } from "./words.ts";

/** Lines that are printed together. */
export interface BatchLines {
  /** The lines, styled and sanitized. */
  readonly lines: readonly string[];
  /** What a CI system with annotations shows instead of them. */
  readonly annotation?: Annotation & { readonly level: AnnotationLevel };
}

/** Options for {@linkcode LineFormatter}. */
export interface LineFormatterOptions {
  readonly styles: Styles;
  /** Returns the columns for a line; undefined to break no line. */
  readonly columns: () => number | undefined;
  /** Returns the time in milliseconds. */
  readonly clock: () => number;
}

const PLAIN = createStyles(false);

/** Formats the lines that stay: of the start, of each task that has ended, of waits, and of the end. */
export class LineFormatter {
  /** What the events so far add up to. */
  readonly totals = new BatchTotals();
  readonly #options: LineFormatterOptions;
  readonly #waits: WaitLines;
  readonly #warnings = new WarningLines();

  /** Creates a formatter of one batch. */
  constructor(options: LineFormatterOptions) {
    this.#options = options;
    this.#waits = new WaitLines(options.clock);
  }

  /** Records an event and returns what is printed for it. */
  format(event: BatchEvent): BatchLines[] {
    this.totals.record(event);
    switch (event.type) {
      case "batch_start":
        return [{ lines: [formatStart(event)] }];
      case "waiting":
        return this.#formatWait(event);
      case "notice":
        return this.#formatNotice(event);
      case "task_end":
        return [this.#formatTask(event)];
      case "batch_end":
        return this.#formatEnd(event);
      default:
        return [];
    }
  }

  /** Formats a message of ccrun. */
  message(text: string): string {
    return ownLine(sanitizeLine(text, MAX_ADVICE_LENGTH));
  }

  #formatWait(event: TaskWait): BatchLines[] {
    const line = this.#waits.lineOf(event);
    if (line === undefined) return [];
    const title = event.reason === "quota" ? "usage limit" : "API failure";
    return [{
      lines: [ownLine(this.#options.styles.yellow(line))],
      annotation: { level: "warning", title, message: ownLine(line) },
    }];
  }

  #formatNotice(event: TaskNotice): BatchLines[] {
    const { level, kind } = event;
    if (level === "info") return [];
    const line = this.#warnings.lineOf(event);
    if (line === undefined) return [];
    const { red, yellow } = this.#options.styles;
    const style = level === "error" ? red : yellow;
    return [{
      lines: [ownLine(style(line))],
      annotation: { level, title: `claude: ${kind}`, message: ownLine(line) },
    }];
  }

  #formatTask(task: TaskEnd): BatchLines {
    const { styles, columns } = this.#options;
    const { done, total } = this.totals;
    const lines = formatTask(task, { done, total, columns: columns(), styles });
    if (task.exit === 0 || isStopped(task)) return { lines };
    const [message = ""] = formatTask(task, { done, total, columns: undefined, styles: PLAIN });
    const title = `${formatId(task.id)}: ${task.reason}`;
    return { lines, annotation: { level: "error", title, message } };
  }

  #formatEnd(end: BatchEnd): BatchLines[] {
    const { styles } = this.#options;
    const { failures, branches } = this.totals;
    const columns = this.#options.columns();
    const warnings = this.#warnings.summary;
    const tables: BatchLines[] = [];
    if (warnings !== undefined) tables.push({ lines: [ownLine(styles.yellow(warnings))] });
    if (failures.length > 0) {
      const rows = formatFailures(failures, columns, styles);
      tables.push({ lines: [ownLine("failed tasks by reason:"), ...rows] });
    }
    if (branches.length > 0) {
      tables.push({ lines: [ownLine("changed worktrees:"), ...formatBranches(this.totals)] });
    }
    const command = end.resume === undefined
      ? []
      : [ownLine(resumeTitle(end)), formatCommand(end.resume)];
    return [...tables, this.#formatOutcome(end), { lines: command }];
  }

  #formatOutcome(end: BatchEnd): BatchLines {
    const { green, red } = this.#options.styles;
    const sums = formatEnd(end, this.totals);
    if (end.ok) return { lines: [ownLine(green(sums))] };
    const message = end.message === undefined ? "" : sanitizeLine(end.message, MAX_ADVICE_LENGTH);
    const error = message === "" ? [] : [ownLine(red(`error: ${message}`))];
    return {
      lines: [ownLine(red(sums)), ...error],
      annotation: {
        level: "failure",
        title: `ccrun: ${end.reason}`,
        message: ownLine(joinTexts([message, sums], "\n")),
      },
    };
  }
}

function formatStart(start: BatchStart): string {
  return ownLine([...countTasks(start), `results in ${sanitizeLine(start.results)}`].join(", "));
}

/** Returns a line that shows that it is ccrun's. */
function ownLine(text: string): string {
  return `ccrun: ${text}`;
}
