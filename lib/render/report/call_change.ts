import { editsFiles, type ToolInput } from "../../claude/tools.ts";
import { isJsonObject } from "../../util/json.ts";
import type { ReportCall } from "../report.ts";
import { isChecklist } from "./checklist_items.ts";

/** Returns the change of a file as a diff: what the result states, or else what the model wants. */
export function changeOf({ name, diff, input }: ReportCall): string | undefined {
  if (input === null) return undefined;
  if (diff !== null && diff !== "") return diff;
  if (!editsFiles(name)) return undefined;
  const edits = Array.isArray(input["edits"]) ? input["edits"].filter(isJsonObject) : [input];
  return edits.map(changeOfEdit).filter((change) => change !== "").join("\n") || undefined;
}

/** Returns whether the output of a call only confirms what its input shows. */
export function confirmsInput(call: ReportCall): boolean {
  if (call.state !== "done") return false;
  return call.label.output === "nothing" || changeOf(call) !== undefined || isChecklist(call);
}

function changeOfEdit(edit: ToolInput): string {
  const removed = withMark("-", textOf(edit, "old_string"));
  const added = withMark("+", textOf(edit, "new_string", "content", "new_source"));
  return [removed, added].filter((lines) => lines !== "").join("\n");
}

/** Returns a text as lines of a diff that adds or removes them. */
function withMark(mark: "+" | "-", text: string): string {
  return text === "" ? "" : text.replace(/\n$/, "").replace(/^/gm, mark);
}

function textOf(input: ToolInput, ...fields: readonly string[]): string {
  return fields.map((field) => input[field]).find((value) => typeof value === "string") ?? "";
}
