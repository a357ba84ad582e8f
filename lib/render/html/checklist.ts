import type { ToolInput } from "../../claude/tools.ts";
import { isJsonObject } from "../../util/json.ts";
import type { ReportCall } from "../report.ts";
import { element, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";

/** An item of a to-do list. */
interface Item {
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
export function renderChecklist(call: ReportCall, context: PageContext): Html | undefined {
  const items = itemsOf(call, context);
  if (items === undefined || items.length === 0) return undefined;
  return element("ul", { class: "checklist" }, items.map(renderItem));
}

function itemsOf(call: ReportCall, { taskNames }: PageContext): Item[] | undefined {
  const { name, input } = call;
  if (input === null) return undefined;
  switch (name) {
    case "TodoWrite":
      return Array.isArray(input["todos"]) ? input["todos"].flatMap(todoItem) : undefined;
    case "TaskCreate": {
      const text = textOf(input, "subject", "description");
      taskNames.record(call, text);
      return text === "" ? undefined : [{ status: "pending", text }];
    }
    case "TaskUpdate": {
      const text = textOf(input, "subject") || taskNames.get(textOf(input, "taskId"));
      return [{ status: textOf(input, "status"), text }];
    }
  }
  return undefined;
}

function todoItem(todo: unknown): Item[] {
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

/** The class and the word of each state. */
const STATES: ReadonlyMap<string, readonly [className: string, word: string]> = new Map([
  ["completed", ["done", "done"]],
  ["in_progress", ["active", "in progress"]],
  ["deleted", ["deleted", "deleted"]],
]);

function renderItem({ status, text }: Item): Html {
  const [className, word] = STATES.get(status) ?? ["open", "open"];
  return element("li", { class: className, title: word }, text);
}
