import type { ToolInput } from "../../claude/tools.ts";
import { isJsonObject } from "../../util/json.ts";
import type { ReportCall } from "../report.ts";
import type { TaskNames } from "./task_names.ts";

/** An item of a to-do list. */
export interface ChecklistItem {
  /** "pending", "in_progress", "completed", and so on. */
  readonly status: string;
  readonly text: string;
}

/** The tools that write to a to-do list. */
const TOOLS: ReadonlySet<string> = new Set(["TodoWrite", "TaskCreate", "TaskUpdate"]);

/** Returns whether a call writes to a to-do list. */
export function isChecklist({ name }: ReportCall): boolean {
  return TOOLS.has(name);
}

/** Returns the items that a call writes to a to-do list; undefined if it is another call. */
export function checklistItems(call: ReportCall, names: TaskNames): ChecklistItem[] | undefined {
  const { name, input } = call;
  if (input === null) return undefined;
  switch (name) {
    case "TodoWrite":
      return Array.isArray(input["todos"]) ? input["todos"].flatMap(todoItem) : undefined;
    case "TaskCreate": {
      const text = textOf(input, "subject", "description");
      names.record(call, text);
      return text === "" ? undefined : [{ status: "pending", text }];
    }
    case "TaskUpdate": {
      const text = textOf(input, "subject") || names.get(textOf(input, "taskId"));
      return [{ status: textOf(input, "status"), text }];
    }
  }
  return undefined;
}

function todoItem(todo: unknown): ChecklistItem[] {
  if (!isJsonObject(todo)) return [];
  return [{ status: textOf(todo, "status"), text: textOf(todo, "content", "activeForm") }];
}

function textOf(input: ToolInput, ...fields: readonly string[]): string {
  for (const field of fields) {
    const value = input[field];
    if (typeof value === "string" || typeof value === "number") return String(value);
  }
  return "";
}
