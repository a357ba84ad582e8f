import { startsSubagent } from "../../claude/tools.ts";
import { formatJson } from "../../util/format_json.ts";
import type { ReportCall } from "../report.ts";
import { changeOf } from "../report/call_change.ts";
import { type ChecklistItem, checklistItems } from "../report/checklist_items.ts";
import { codeBlock, escapeMarkdown, quoteMarkdown } from "./escape.ts";
import { excerpt } from "./excerpt.ts";
import type { PageContext } from "./page_context.ts";

/** A longer argument is cut in the title of its call. */
export const MAX_TITLE_LENGTH = 120;

/** Returns what a tool received, unless the title of the call has it already. */
export function renderInput(call: ReportCall, { textLength, taskNames }: PageContext): string[] {
  const { name, input, label } = call;
  if (input === null) return [];
  const items = checklistItems(call, taskNames) ?? [];
  if (items.length > 0) return [items.map(renderItem).join("\n")];
  const change = changeOf(call);
  if (change !== undefined) return [codeBlock(excerpt(change, textLength), "diff")];
  if (name === "ExitPlanMode") return quoted(label.details, textLength);
  if (label.details !== "") return [codeBlock(excerpt(label.details, textLength))];
  if (startsSubagent(name) && typeof input["prompt"] === "string") {
    return quoted(input["prompt"], textLength);
  }
  const { command } = input;
  if (typeof command === "string") {
    const isInTitle = command.length <= MAX_TITLE_LENGTH && !command.includes("\n");
    return isInTitle ? [] : [codeBlock(excerpt(command, textLength), "sh")];
  }
  return renderFields(call, textLength);
}

function renderItem({ status, text }: ChecklistItem): string {
  const suffix = status === "in_progress" ? " (in progress)" : "";
  return `- [${status === "completed" ? "x" : " "}] ${escapeMarkdown(text)}${suffix}`;
}

function quoted(text: string, maxLength: number): string[] {
  return text.trim() === "" ? [] : [quoteMarkdown(excerpt(text, maxLength))];
}

/** Renders the fields that the title of the call does not show. */
function renderFields({ input, label }: ReportCall, maxLength: number): string[] {
  const { argument, isPath } = label;
  const others = Object.entries(input ?? {}).filter(([, value]) => {
    if (typeof value !== "string" || value.length > MAX_TITLE_LENGTH) return true;
    return value !== argument && !(isPath && value.endsWith(`/${argument}`));
  });
  if (others.length === 0) return [];
  return [codeBlock(excerpt(formatJson(Object.fromEntries(others)), maxLength), "json")];
}
