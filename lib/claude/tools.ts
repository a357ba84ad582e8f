/**
 * The tools of Claude Code: which of them edit files, and which field of an input identifies a call.
 * Rendering and CI know Claude Code only through this file.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";

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

const TOOL_ERROR = /^\s*<tool_use_error>([\s\S]*)<\/tool_use_error>\s*$/;

/**
 * Returns the text of an error without the tags that Claude Code puts around its own errors.
 *
 * @example
 * ```ts
 * import { unwrapToolError } from "./tools.ts";
 *
 * console.log(unwrapToolError("<tool_use_error>No such tool</tool_use_error>")); // No such tool
 * ```
 */
export function unwrapToolError(text: string): string {
  return TOOL_ERROR.exec(text)?.[1] ?? text;
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

  /** Records an event: a `tool_use` opens a call, its `tool_result` closes it, a `result` closes all. */
  record(event: RunEvent): void {
    if (event.type === "tool_use") {
      const { id, name, input, parent_tool_use_id: parent, time_ms: startedMs } = event;
      this.#calls.set(id, { id, name, input, parent, startedMs });
    } else if (event.type === "tool_result") {
      this.#calls.delete(event.tool_use_id);
    } else if (event.type === "result") {
      this.#calls.clear();
    }
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
