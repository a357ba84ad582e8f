import { readsFiles, startsSubagent, type ToolInput } from "../../claude/tools.ts";
import { compactJson } from "../../util/compact_json.ts";
import type { ReportCall } from "../report.ts";
import { changeOf } from "../report/call_change.ts";
import { renderChecklist } from "./checklist.ts";
import { renderDiff } from "./diff.ts";
import { element, type Html } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import type { PageContext } from "./page_context.ts";
import { plainText, preformatted } from "./text_block.ts";

/** Returns what a tool received, unless the title of the call has it already. */
export function renderInput(call: ReportCall, context: PageContext): Html | false {
  const { name, input, label } = call;
  if (input === null) return false;
  const checklist = renderChecklist(call, context);
  if (checklist !== undefined) return checklist;
  const diff = changeOf(call);
  if (diff !== undefined) return renderDiff(diff, context);
  if (name === "ExitPlanMode" && label.details !== "") {
    return element("div", { class: "markdown" }, renderMarkdown(label.details));
  }
  if (label.details !== "") return preformatted(label.details, context);
  const { prompt } = input;
  if (startsSubagent(name) && typeof prompt === "string") return plainText(prompt, context);
  return renderFields(input, call, context);
}

/** A longer value can be cut off in the title of its call. */
const MAX_TITLE_LENGTH = 40;

/** A longer value, or one of several lines, is a block. */
const MAX_INLINE_LENGTH = 120;

/** The fields of an input that the title of its call shows as a range of lines. */
const RANGE_FIELDS: ReadonlySet<string> = new Set(["offset", "limit"]);

/** Returns the words in which the model says what a call does, if the title of the call has room for them. */
export function descriptionOf({ input, label }: ReportCall): string {
  const description = input?.["description"];
  return typeof description === "string" && description !== label.argument && isInline(description)
    ? description
    : "";
}

/** Returns the fields of an input that the title of the call does not show. */
function renderFields(input: ToolInput, call: ReportCall, context: PageContext): Html | false {
  const fields = Object.entries(input).filter(([name, value]) => !isInTitle(name, value, call));
  if (fields.length === 0) return false;
  return element(
    "dl",
    { class: "fields" },
    fields.map(([name, value]) => [
      element("dt", {}, name),
      element("dd", {}, renderValue(value, context)),
    ]),
  );
}

function isInTitle(name: string, value: unknown, call: ReportCall): boolean {
  const { argument, isPath, suffix } = call.label;
  if (RANGE_FIELDS.has(name)) return readsFiles(call.name) && suffix !== "";
  if (name === "description" && descriptionOf(call) !== "") return true;
  if (typeof value !== "string" || argument.length > MAX_TITLE_LENGTH) return false;
  return value === argument || (isPath && value.endsWith(`/${argument}`)) ||
    suffix.split(" ").includes(value);
}

function renderValue(value: unknown, context: PageContext): Html {
  const text = typeof value === "string" ? value : compactJson(value, context.textLimit);
  return isInline(text) ? element("code", {}, text) : preformatted(text, context);
}

function isInline(text: string): boolean {
  return text.length <= MAX_INLINE_LENGTH && !text.includes("\n");
}
