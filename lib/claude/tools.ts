/**
 * The tools of Claude Code: which of them edit files, and which field of an input identifies a call.
 * Rendering and CI know Claude Code only through this file.
 *
 * @module
 */

/** A tool's input, as the model wrote it. */
export type ToolInput = { readonly [field: string]: unknown };

const EDITING_TOOLS: ReadonlySet<string> = new Set(["Edit", "MultiEdit", "Write", "NotebookEdit"]);

const READING_TOOLS: ReadonlySet<string> = new Set(["Read", "NotebookRead", "Grep", "Glob", "LS"]);

/** Returns whether the tool called `name` changes files. */
export function editsFiles(name: string): boolean {
  return EDITING_TOOLS.has(name);
}

/** Returns whether the tool called `name` only reads or searches files. */
export function readsFiles(name: string): boolean {
  return READING_TOOLS.has(name);
}

/** The fields that identify a call of a tool, the most specific first. */
export const IDENTIFYING_FIELDS = [
  "command",
  "file_path",
  "notebook_path",
  "path",
  "url",
  "query",
  "pattern",
  "description",
  "name",
  "title",
  "task_id",
  "id",
] as const;

/**
 * Returns the value that identifies a call, for example its command or its file.
 *
 * @example
 * ```ts
 * import { identifyingValue } from "./tools.ts";
 *
 * console.log(identifyingValue({ timeout: 5, command: "npm test" })); // npm test
 * ```
 */
export function identifyingValue(input: ToolInput): string | undefined {
  return IDENTIFYING_FIELDS.map((field) => input[field]).find((value): value is string =>
    typeof value === "string" && value.trim() !== ""
  );
}

/** Returns the file or directory that a call is about. */
export function filePathOf(input: ToolInput): string | undefined {
  return [input["file_path"], input["notebook_path"], input["path"]].find((
    value,
  ): value is string => typeof value === "string" && value !== "");
}
