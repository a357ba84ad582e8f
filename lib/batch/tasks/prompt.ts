import { describeField, fieldOf, type TaskError, type TaskFields } from "./fields.ts";
import { fillTemplate, ID_PLACEHOLDER, placeholdersOf } from "./prompt_template.ts";

/** The template of the prompts of a batch. */
export interface BatchTemplate {
  readonly text: string;
  /** The placeholders that are replaced. Other braces are text. */
  readonly placeholders: ReadonlySet<string>;
}

/** Creates a template. It replaces `{}` and the names of the fields that at least one task has. */
export function batchTemplate(text: string, fields: ReadonlySet<string>): BatchTemplate {
  const names = [...placeholdersOf(text)];
  const placeholders = names.filter((name) => name === ID_PLACEHOLDER || fields.has(name));
  return { text, placeholders: new Set(placeholders) };
}

/** A task without its prompt. */
export interface TaskWithoutPrompt {
  readonly id: string;
  readonly fields: TaskFields;
}

/**
 * Returns the prompt of a task: its own, or the filled template. A template with `{prompt}` is for all tasks.
 *
 * @throws {CcrunError} `usage` if there is no prompt, or if the task lacks a field of the template
 */
export function readPrompt(
  { id, fields }: TaskWithoutPrompt,
  template: BatchTemplate | undefined,
  taskError: TaskError,
): string {
  const own = fieldOf(fields, "prompt");
  if (own !== undefined && (typeof own !== "string" || own.trim() === "")) {
    throw taskError("the prompt must be a text that is not empty");
  }
  if (own !== undefined && !template?.placeholders.has("prompt")) return own;
  if (template !== undefined) return fill(template, { id, fields }, taskError);
  if (fields === undefined) return id;
  throw taskError("the prompt is missing", "add it, or use --prompt for all tasks");
}

function fill(
  { text, placeholders }: BatchTemplate,
  { id, fields }: TaskWithoutPrompt,
  taskError: TaskError,
): string {
  const values = new Map<string, string>();
  for (const name of placeholders) {
    const value = name === ID_PLACEHOLDER ? id : fieldOf(fields, name);
    if (value === undefined) {
      throw taskError(
        `${describeField(name)} is missing, which the prompt contains`,
        "add it to the task, or remove it from the prompt",
      );
    }
    values.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  const prompt = fillTemplate(text, values);
  if (prompt.trim() === "") throw taskError("the prompt is empty");
  return prompt;
}
