/**
 * The tools of Claude Code: which of them edit files, and which field of an input identifies a call.
 * Rendering and CI know Claude Code only through this file.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import { changedLines } from "./changed_lines.ts";
import { compactJson } from "../util/compact_json.ts";
import { countLines } from "../util/lines.ts";
import { formatCount } from "../util/units.ts";

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

/** A tool call whose result has not arrived. */
export interface OpenToolCall {
  /** The id of the tool use. */
  readonly id: string;
  /** The tool. */
  readonly name: string;
  /** What the tool was called with. */
  readonly input: ToolInput;
  /** The tool use whose sub-agent made the call. */
  readonly parent: string | undefined;
  /** When the call was seen, in milliseconds of the run; null in a replay. */
  readonly startedMs: number | null;
}

/** Tracks the tool calls that have no result yet. */
export class OpenToolCalls {
  #calls = new Map<string, OpenToolCall>();

  /**
   * Records an event: a `tool_use` opens a call, and its `tool_result` closes it. A `result` closes
   * the calls that its turn left open; the calls of background subagents stay open.
   */
  record(event: RunEvent): void {
    if (event.type === "tool_use") {
      const { id, name, input, parent_tool_use_id: parent, time_ms: startedMs } = event;
      this.#calls.set(id, { id, name, input, parent, startedMs });
    } else if (event.type === "tool_result") {
      this.#calls.delete(event.tool_use_id);
    } else if (event.type === "result") {
      this.#closeTurn();
    }
  }

  #closeTurn(): void {
    const closed = new Set<string>();
    for (const { id, parent } of this.#calls.values()) {
      if (parent === undefined || closed.has(parent)) closed.add(id);
    }
    for (const id of closed) this.#calls.delete(id);
  }

  /** Returns an open call. */
  get(id: string): OpenToolCall | undefined {
    return this.#calls.get(id);
  }

  /** The call that was opened last. */
  get latest(): OpenToolCall | undefined {
    return [...this.#calls.values()].at(-1);
  }

  /** How many calls are open. */
  get size(): number {
    return this.#calls.size;
  }
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
type Describe = (input: ToolInput) => PartialDescription;

const DESCRIPTIONS: ReadonlyMap<string, Describe> = new Map<string, Describe>([
  ["Bash", (input) => ({ argument: textOf(input, "command"), suffix: backgroundOf(input) })],
  ["Read", (input) => ({ ...file(input), suffix: lineRange(input), output: "count" })],
  ["NotebookRead", (input) => ({ ...file(input), output: "count" })],
  ["Write", (input) => ({
    ...file(input),
    suffix: formatCount(countLines(stringOf(input, "content")), "line"),
    output: "nothing",
  })],
  ["Edit", (input) => ({ ...file(input), ...describeEdits([input]) })],
  ["MultiEdit", (input) => ({ ...file(input), ...describeEdits(objectsOf(input, "edits")) })],
  ["NotebookEdit", (input) => ({
    ...file(input),
    suffix: describeCell(input),
    output: "nothing",
  })],
  ["Grep", (input) => ({
    argument: textOf(input, "pattern"),
    suffix: join(searchedPath(input), textOf(input, "glob", "type")),
  })],
  ["Glob", (input) => ({ argument: textOf(input, "pattern"), suffix: searchedPath(input) })],
  ["LS", file],
  ["Task", describeAgent],
  ["Agent", describeAgent],
  ["WebFetch", (input) => ({ argument: textOf(input, "url") })],
  ["WebSearch", (input) => ({ argument: textOf(input, "query") })],
  ["TodoWrite", describeTodos],
  ["Skill", (input) => ({ argument: textOf(input, "skill", "command", "name") })],
]);

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
  const known = DESCRIPTIONS.get(name)?.(input) ?? {};
  const { argument, isPath = false, suffix = "", output = "lines" } = known;
  const { changes = [], changedCount = 0 } = known;
  const rest = { suffix, output, changes, changedCount };
  if (argument !== undefined && argument !== "") return { argument, isPath, ...rest };
  return { argument: describeOther(input), isPath: false, ...rest };
}

function describeOther(input: ToolInput): string {
  const values = Object.values(input);
  if (values.length === 0) return "";
  const [value] = values;
  if (values.length === 1 && typeof value === "string" && value.trim() !== "") return value;
  const identifying = values.length === 1 ? undefined : identifyingValue(input);
  return identifying ?? compactJson(input, MAX_JSON_LENGTH);
}

function describeEdits(edits: readonly ToolInput[]): PartialDescription {
  let added = 0;
  let removed = 0;
  const changes: string[] = [];
  for (const edit of edits) {
    const change = changedLines(stringOf(edit, "old_string"), stringOf(edit, "new_string"));
    added += change.added.length;
    removed += change.removed.length;
    changes.push(...markLines("-", change.removed, MAX_CHANGES - changes.length));
    changes.push(...markLines("+", change.added, MAX_CHANGES - changes.length));
  }
  const isEverywhere = edits.some((edit) => edit["replace_all"] === true);
  return {
    suffix: join(`+${added} -${removed}`, isEverywhere ? "everywhere" : ""),
    output: "changes",
    changes,
    changedCount: added + removed,
  };
}

function markLines(mark: string, lines: readonly string[], maxLines: number): string[] {
  return lines.slice(0, maxLines).map((line) => `${mark} ${line.slice(0, MAX_CHANGE_LENGTH)}`);
}

function describeCell(input: ToolInput): string {
  const mode = textOf(input, "edit_mode") || "replace";
  if (mode === "delete") return "cell deleted";
  return `${mode} ${formatCount(countLines(stringOf(input, "new_source")), "line")}`;
}

function describeTodos(input: ToolInput): PartialDescription {
  const todos = objectsOf(input, "todos");
  const done = todos.filter((todo) => todo["status"] === "completed").length;
  const current = todos.find((todo) => todo["status"] === "in_progress");
  return {
    argument: `${formatCount(todos.length, "todo")}, ${done} done`,
    suffix: current === undefined ? "" : textOf(current, "activeForm", "content"),
    output: "nothing",
  };
}

function describeAgent(input: ToolInput): PartialDescription {
  const type = textOf(input, "subagent_type");
  return {
    argument: textOf(input, "description", "prompt"),
    suffix: join(type === "" ? "" : `(${type})`, backgroundOf(input)),
  };
}

function file(input: ToolInput): PartialDescription {
  return { argument: filePathOf(input) ?? "", isPath: true };
}

function lineRange(input: ToolInput): string {
  const { offset, limit } = input;
  const first = Number.isInteger(offset) ? Math.max(1, Number(offset)) : 1;
  if (Number.isInteger(limit)) return `lines ${first}-${first + Number(limit) - 1}`;
  return Number.isInteger(offset) ? `from line ${first}` : "";
}

function searchedPath(input: ToolInput): string {
  const path = textOf(input, "path");
  return path === "" ? "" : `in ${path}`;
}

function backgroundOf(input: ToolInput): string {
  return input["run_in_background"] === true ? "in the background" : "";
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

/** Returns the first of these fields that has text. */
function textOf(input: ToolInput, ...fields: readonly string[]): string {
  return fields.map((field) => stringOf(input, field)).find((text) => text.trim() !== "") ?? "";
}

function stringOf(input: ToolInput, field: string): string {
  const value = input[field];
  return typeof value === "string" ? value : "";
}

function objectsOf(input: ToolInput, field: string): ToolInput[] {
  const value = input[field];
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is ToolInput => typeof item === "object" && item !== null);
}
