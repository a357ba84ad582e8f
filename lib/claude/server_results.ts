/**
 * Blocks in the results of tools that the API runs itself, and references to pages and tools.
 *
 * @module
 */

import { joinTexts } from "../util/join_texts.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { isExitCode } from "../util/plausible.ts";
import { trimLineEnds } from "../util/lines.ts";
import {
  getFirstText,
  getNonEmptyString,
  getObject,
  getObjects,
  getPlausible,
  getString,
  getStrings,
} from "./json_fields.ts";

/** How the blocks are described, by their type. */
const DESCRIPTIONS: ReadonlyMap<string, (block: JsonObject) => string> = new Map([
  ["web_search_result", describePage],
  ["web_fetch_result", describeFetch],
  ["search_result", describeSearchResult],
  ["code_execution_result", describeExecution],
  ["encrypted_code_execution_result", describeExecution],
  ["bash_code_execution_result", describeExecution],
  ["text_editor_code_execution_view_result", (block) => getString(block, "content") ?? ""],
  ["text_editor_code_execution_create_result", describeCreation],
  ["text_editor_code_execution_str_replace_result", describeReplacement],
  ["advisor_result", (block) => getString(block, "text") ?? ""],
  ["advisor_redacted_result", () => "[encrypted advice]"],
  ["tool_reference", describeTool],
  ["tool_search_tool_search_result", describeFoundTools],
]);

/** Returns whether a content is the error of a tool that the API runs. */
export function hasErrorCode(content: unknown): boolean {
  const blocks: unknown[] = Array.isArray(content) ? content : [content];
  return blocks.some((block) =>
    isJsonObject(block) && getNonEmptyString(block, "error_code") !== undefined
  );
}

/** Describes a block as text; undefined if its type is not one of these. */
export function describeServerResult(block: JsonObject): string | undefined {
  const code = getNonEmptyString(block, "error_code");
  if (code !== undefined) return joinTexts([code, getString(block, "error_message")], ": ");
  return DESCRIPTIONS.get(getString(block, "type") ?? "")?.(block);
}

function describePage(block: JsonObject): string {
  const page = joinTexts([getString(block, "title"), getFirstText(block, ["url", "source"])], ": ");
  return page || "[untitled page]";
}

function describeFetch(block: JsonObject): string {
  const { title } = getObject(block, "content");
  return describePage({ title, url: block["url"] });
}

function describeSearchResult(block: JsonObject): string {
  const texts = getObjects(block, "content").map((part) => getString(part, "text"));
  return joinTexts([describePage(block), ...texts], "\n");
}

function describeExecution(block: JsonObject): string {
  const code = getPlausible(block, "return_code", isExitCode);
  return joinTexts([
    trimLineEnds(getFirstText(block, ["stdout"]) ?? ""),
    trimLineEnds(getFirstText(block, ["stderr"]) ?? ""),
    "encrypted_stdout" in block ? "[encrypted output]" : undefined,
    ...getObjects(block, "content").map((file) => `[file ${getString(file, "file_id") ?? "?"}]`),
    code === undefined ? undefined : `exit code ${code}`,
  ], "\n");
}

function describeCreation(block: JsonObject): string {
  return block["is_file_update"] === true ? "file updated" : "file created";
}

function describeReplacement(block: JsonObject): string {
  return getStrings(block, "lines").join("\n") || "file updated";
}

function describeTool(block: JsonObject): string {
  return `[tool ${getNonEmptyString(block, "tool_name") ?? "?"}]`;
}

function describeFoundTools(block: JsonObject): string {
  const tools = getObjects(block, "tool_references").map(describeTool);
  return tools.join("\n") || "[no tool found]";
}
