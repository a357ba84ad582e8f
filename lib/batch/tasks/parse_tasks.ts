import { CcrunError } from "../../errors.ts";
import { fileNameOf } from "../file_name.ts";
import type { Task } from "../task.ts";
import { lineError, readEntries, type TaskEntry } from "./entries.ts";
import { fieldNames, fieldOf, type TaskError } from "./fields.ts";
import { readId } from "./id.ts";
import { type OptionKinds, taskOptions } from "./options.ts";
import { type BatchTemplate, batchTemplate, readPrompt } from "./prompt.ts";
import { templateWarnings, unusedFieldWarnings } from "./warnings.ts";

/** Options of {@linkcode parseTasks}. */
export interface ParseTasksOptions {
  /** How messages name the input, such as `tasks.jsonl` or `stdin`. */
  readonly source: string;
  /** Whether each line is a JSON object. @default {whether the first line begins with a brace} */
  readonly isJson?: boolean | undefined;
  /** The prompt of the tasks that do not have one, or of all if it contains `{prompt}`. */
  readonly template?: string | undefined;
  /** The options that a task can set. */
  readonly optionKinds: OptionKinds;
}

/** The tasks of a batch, and what may be a mistake in them. */
export interface ParsedTasks {
  readonly tasks: readonly Task[];
  /** Each is one line. */
  readonly warnings: readonly string[];
}

/**
 * Parses the tasks of a batch: JSON objects, or one plain text a line.
 *
 * @throws {CcrunError} `usage` for the first line that is not valid, or if there are no tasks
 *
 * @example
 * ```ts
 * import { parseTasks } from "./parse_tasks.ts";
 *
 * const { tasks } = parseTasks("a.js\nb.js\n", {
 *   source: "stdin",
 *   template: "Explain {}",
 *   optionKinds: new Map(),
 * });
 * console.log(tasks[1]); // { id: "b.js", line: 2, prompt: "Explain b.js", options: Map {} }
 * ```
 */
export function parseTasks(text: string, options: ParseTasksOptions): ParsedTasks {
  const { source, isJson, optionKinds } = options;
  const { entries, error } = readEntries(splitLines(text), { source, isJson });
  const fields = new Set(entries.flatMap((entry) => fieldNames(entry.fields)));
  const template = options.template === undefined
    ? undefined
    : batchTemplate(options.template, fields);
  const lineOfId = new Map<string, number>();
  const lineOfName = new Map<string, number>();
  const tasks: Task[] = [];
  for (const entry of entries) {
    const taskError: TaskError = (problem, hint) => lineError(source, entry.line, problem, hint);
    const task = readTask(entry, template, optionKinds, taskError);
    const firstLine = lineOfId.get(task.id);
    if (firstLine !== undefined) throw duplicateError(firstLine, entry, taskError);
    lineOfId.set(task.id, task.line);
    const name = fileNameOf(task.id);
    const otherLine = lineOfName.get(name);
    if (otherLine !== undefined) throw sameNameError(otherLine, taskError);
    lineOfName.set(name, task.line);
    tasks.push(task);
  }
  // The entries end before the line with this error, so the errors above are of earlier lines.
  if (error !== undefined) throw error;
  if (tasks.length === 0) {
    throw new CcrunError("usage", `${source} has no tasks`, "write one task a line");
  }
  const warnings = [
    ...templateWarnings(entries, template),
    ...unusedFieldWarnings(fields, template, optionKinds),
  ];
  return { tasks, warnings: warnings.map((warning) => `${source}: ${warning}`) };
}

/** Splits a text into lines, without the byte order mark and the carriage returns of Windows. */
function splitLines(text: string): readonly string[] {
  return text.replace(/^\ufeff/, "").split("\n").map((line) => line.replace(/\r$/, ""));
}

function readTask(
  { line, text, fields }: TaskEntry,
  template: BatchTemplate | undefined,
  optionKinds: OptionKinds,
  taskError: TaskError,
): Task {
  const id = readId(text, fields, taskError);
  return {
    id,
    line,
    prompt: readPrompt({ id, fields }, template, taskError),
    options: taskOptions(fields, optionKinds, taskError),
  };
}

function duplicateError(
  firstLine: number,
  { fields }: TaskEntry,
  taskError: TaskError,
): CcrunError {
  return fieldOf(fields, "id") === undefined
    ? taskError(`duplicate of line ${firstLine}`, "remove one of them, such as with sort -u")
    : taskError(`duplicate id, already in line ${firstLine}`, "give each task its own id");
}

/** Two tasks would share their log and their worktree. The hash is too short to prevent that on purpose. */
function sameNameError(otherLine: number, taskError: TaskError): CcrunError {
  return taskError(
    `the id gives its files the same name as that of line ${otherLine}`,
    "give one of the tasks another id",
  );
}
