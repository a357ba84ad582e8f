/**
 * The tools of Claude Code: what they do, and what identifies a call. Rendering and CI know Claude
 * Code only through this file.
 *
 * @module
 */

import { compactJson } from "../util/compact_json.ts";
import { countLines } from "../util/lines.ts";
import { formatCount } from "../util/units.ts";
import { changedLines } from "./changed_lines.ts";
import { getFirstText, getNonEmptyString, getObjects, getString } from "./json_fields.ts";

/** A tool's input, as the model wrote it. */
export type ToolInput = { readonly [field: string]: unknown };

interface Tool {
  readonly kind?: "edits_files" | "reads_files" | "starts_subagent";
  readonly describe: (input: ToolInput) => PartialDescription;
}

const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ["Agent", { kind: "starts_subagent", describe: describeAgent }],
  ["Bash", { describe: describeBash }],
  ["Edit", { kind: "edits_files", describe: (input) => describeEdits(input, [input]) }],
  ["Glob", { kind: "reads_files", describe: describeGlob }],
  ["Grep", { kind: "reads_files", describe: describeGrep }],
  ["LS", { kind: "reads_files", describe: fileOf }],
  ["MultiEdit", {
    kind: "edits_files",
    describe: (input) => describeEdits(input, getObjects(input, "edits")),
  }],
  ["NotebookEdit", { kind: "edits_files", describe: describeNotebookEdit }],
  ["NotebookRead", { kind: "reads_files", describe: describeRead }],
  ["Read", { kind: "reads_files", describe: describeRead }],
  ["Skill", { describe: (input) => argumentOf(input, "skill", "command", "name") }],
  ["Task", { kind: "starts_subagent", describe: describeAgent }],
  ["TodoWrite", { describe: describeTodos }],
  ["WebFetch", { describe: (input) => argumentOf(input, "url") }],
  ["WebSearch", { describe: (input) => argumentOf(input, "query") }],
  ["Write", { kind: "edits_files", describe: describeWrite }],
]);

/** The tool with which the model returns structured output. */
export const STRUCTURED_OUTPUT_TOOL = "StructuredOutput";

/**
 * Returns `mcp__server__tool` as `server:tool`, and any other name unchanged.
 *
 * @example
 * ```ts
 * import { readableToolName } from "./tools.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readableToolName("mcp__github__get_issue"), "github:get_issue");
 * ```
 */
export function readableToolName(name: string): string {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? [];
  return server === undefined ? name : `${server}:${tool}`;
}

/** Returns whether the tool called `name` changes files. */
export function editsFiles(name: string): boolean {
  return TOOLS.get(name)?.kind === "edits_files";
}

/** Returns whether the tool called `name` only reads or searches files. */
export function readsFiles(name: string): boolean {
  return TOOLS.get(name)?.kind === "reads_files";
}

/** Returns whether the tool called `name` starts a subagent. */
export function startsSubagent(name: string): boolean {
  return TOOLS.get(name)?.kind === "starts_subagent";
}

/** The fields that identify a call of a tool, the most specific first. */
const IDENTIFYING_FIELDS = [
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
  return getFirstText(input, IDENTIFYING_FIELDS);
}

/** Returns the file or directory that a call names. */
export function filePathOf(input: ToolInput): string | undefined {
  return getFirstText(input, ["file_path", "notebook_path", "path"]);
}

/** The marks that Claude Code puts around its own errors for the model. */
const TOOL_ERROR = /^\s*<tool_use_error>([\s\S]*)<\/tool_use_error>\s*$/;

/**
 * Returns the text of a failed tool without the marks that Claude Code puts around its own errors.
 *
 * @example
 * ```ts
 * import { unwrapToolError } from "./tools.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unwrapToolError("<tool_use_error>No such skill</tool_use_error>"), "No such skill");
 * ```
 */
export function unwrapToolError(text: string): string {
  return TOOL_ERROR.exec(text)?.[1] ?? text;
}

/**
 * Which part of a tool's output is worth showing: its lines, their number, the change that the tool
 * made, or nothing, because the call already shows it.
 */
export type ToolOutputKind = "lines" | "count" | "changes" | "nothing";

/** What identifies a tool call and its output. The texts are not sanitized. */
export interface ToolCallDescription {
  /** The value that identifies the call, such as a command; may be empty. */
  readonly argument: string;
  /** Whether the argument is a path. */
  readonly isPath: boolean;
  /** Further facts, such as the number of changed lines; may be empty. */
  readonly suffix: string;
  readonly output: ToolOutputKind;
  /** The first lines that the call changes, marked with `+` and `-`. */
  readonly changes: readonly string[];
  /** The number of lines that the call changes. */
  readonly changedCount: number;
}

/** The longest JSON that stands for an input without an identifying field. */
const MAX_JSON_LENGTH = 2_000;

/** Further changed lines are only counted. */
const MAX_CHANGES = 200;

/** A longer changed line is cut. */
const MAX_CHANGE_LENGTH = 2_000;

type PartialDescription = Partial<ToolCallDescription>;

/** The description of a call whose input is not known. */
export const NO_DESCRIPTION: ToolCallDescription = {
  argument: "",
  isPath: false,
  suffix: "",
  output: "lines",
  changes: [],
  changedCount: 0,
};

/**
 * Describes a tool call. The input is foreign: a call whose expected field is missing is described
 * by its JSON.
 *
 * @example
 * ```ts
 * import { describeToolCall } from "./tools.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { argument, suffix } = describeToolCall("Read", { file_path: "/src/main.ts", limit: 20 });
 * assertEquals([argument, suffix], ["/src/main.ts", "lines 1-20"]);
 * ```
 */
export function describeToolCall(name: string, input: ToolInput): ToolCallDescription {
  const description = { ...NO_DESCRIPTION, ...TOOLS.get(name)?.describe(input) };
  if (description.argument !== "") return description;
  return { ...description, argument: describeInput(input), isPath: false };
}

function describeInput(input: ToolInput): string {
  const fields = Object.keys(input);
  if (fields.length === 0) return "";
  const text = fields.length === 1 ? getFirstText(input, fields) : identifyingValue(input);
  return text ?? compactJson(input, MAX_JSON_LENGTH);
}

function describeBash(input: ToolInput): PartialDescription {
  return { ...argumentOf(input, "command"), suffix: backgroundOf(input) };
}

function describeRead(input: ToolInput): PartialDescription {
  return { ...fileOf(input), suffix: lineRange(input), output: "count" };
}

function describeWrite(input: ToolInput): PartialDescription {
  const lines = countLines(getString(input, "content") ?? "");
  return { ...fileOf(input), suffix: formatCount(lines, "line"), output: "nothing" };
}

function describeGrep(input: ToolInput): PartialDescription {
  const suffix = join(searchedPath(input), getFirstText(input, ["glob", "type"]));
  return { ...argumentOf(input, "pattern"), suffix };
}

function describeGlob(input: ToolInput): PartialDescription {
  return { ...argumentOf(input, "pattern"), suffix: searchedPath(input) };
}

function describeEdits(input: ToolInput, edits: readonly ToolInput[]): PartialDescription {
  let added = 0;
  let removed = 0;
  const changes: string[] = [];
  for (const edit of edits) {
    const change = changedLines(
      getString(edit, "old_string") ?? "",
      getString(edit, "new_string") ?? "",
    );
    added += change.added.length;
    removed += change.removed.length;
    changes.push(...markLines("-", change.removed, MAX_CHANGES - changes.length));
    changes.push(...markLines("+", change.added, MAX_CHANGES - changes.length));
  }
  const replacesAll = edits.some((edit) => edit["replace_all"] === true);
  return {
    ...fileOf(input),
    suffix: join(`+${added} -${removed}`, replacesAll ? "everywhere" : ""),
    output: "changes",
    changes,
    changedCount: added + removed,
  };
}

function markLines(mark: string, lines: readonly string[], maxLines: number): string[] {
  return lines.slice(0, maxLines).map((line) => `${mark} ${line.slice(0, MAX_CHANGE_LENGTH)}`);
}

function describeNotebookEdit(input: ToolInput): PartialDescription {
  const mode = getFirstText(input, ["edit_mode"]) ?? "replace";
  const lines = formatCount(countLines(getString(input, "new_source") ?? ""), "line");
  const suffix = mode === "delete" ? "cell deleted" : `${mode} ${lines}`;
  return { ...fileOf(input), suffix, output: "nothing" };
}

function describeTodos(input: ToolInput): PartialDescription {
  const todos = getObjects(input, "todos");
  const done = todos.filter((todo) => todo["status"] === "completed").length;
  const current = todos.find((todo) => todo["status"] === "in_progress");
  return {
    argument: `${formatCount(todos.length, "todo")}, ${done} done`,
    suffix: getFirstText(current ?? {}, ["activeForm", "content"]) ?? "",
    output: "nothing",
  };
}

function describeAgent(input: ToolInput): PartialDescription {
  const type = getNonEmptyString(input, "subagent_type");
  return {
    ...argumentOf(input, "description", "prompt"),
    suffix: join(type && `(${type})`, backgroundOf(input)),
  };
}

/** Describes a call by the first of these fields that has text. */
function argumentOf(input: ToolInput, ...fields: readonly string[]): PartialDescription {
  return { argument: getFirstText(input, fields) ?? "" };
}

function fileOf(input: ToolInput): PartialDescription {
  return { argument: filePathOf(input) ?? "", isPath: true };
}

function lineRange(input: ToolInput): string {
  const { offset, limit } = input;
  const first = Number.isInteger(offset) ? Math.max(1, Number(offset)) : 1;
  if (Number.isInteger(limit)) return `lines ${first}-${first + Number(limit) - 1}`;
  return Number.isInteger(offset) ? `from line ${first}` : "";
}

function searchedPath(input: ToolInput): string {
  const path = getNonEmptyString(input, "path");
  return path === undefined ? "" : `in ${path}`;
}

function backgroundOf(input: ToolInput): string {
  return input["run_in_background"] === true ? "in the background" : "";
}

function join(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(" ");
}
