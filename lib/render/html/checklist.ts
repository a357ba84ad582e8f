import type { ReportCall } from "../report.ts";
import { type ChecklistItem, checklistItems } from "../report/checklist_items.ts";
import { element, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";

/** Returns the items that a call writes to a to-do list; undefined if it is another call. */
export function renderChecklist(call: ReportCall, { taskNames }: PageContext): Html | undefined {
  const items = checklistItems(call, taskNames);
  if (items === undefined || items.length === 0) return undefined;
  return element("ul", { class: "checklist" }, items.map(renderItem));
}

/** The class and the word of each state. */
const STATES: ReadonlyMap<string, readonly [className: string, word: string]> = new Map([
  ["completed", ["done", "done"]],
  ["in_progress", ["active", "in progress"]],
  ["deleted", ["deleted", "deleted"]],
]);

function renderItem({ status, text }: ChecklistItem): Html {
  const [className, word] = STATES.get(status) ?? ["open", "open"];
  return element("li", { class: className, title: word }, text);
}
