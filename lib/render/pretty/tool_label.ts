import { compactJson } from "../../util/compact_json.ts";
import { changedLines, type Changes } from "../../util/changed_lines.ts";
import { countLines } from "../../util/head_and_tail.ts";
import { type PathContext, shortPath } from "../../util/display_path.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { formatCount } from "../../util/units.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd, cutStart, displayWidth } from "../../terminal/width.ts";

/** A tool call in one line, in parts that are safe to show. */
export interface ToolLabel {
  /** The tool's name, readable. */
  readonly name: string;
  /** What tells most about the call; may be empty. */
  readonly argument: string;
  /** Whether the argument is a path, whose end tells more than its beginning. */
  readonly path: boolean;
  /** What is worth knowing besides: how much was changed. */
  readonly detail: string;
  /** What is shown of its output when it is well. */
  readonly output: ToolOutput;
  /** The beginning of what it changes, for `output: "changes"`: lines marked with + and -. */
  readonly changes: readonly string[];
  /** How many lines it changes. */
  readonly changed: number;
}

/**
 * What is shown of a tool's output: its lines, how many they are, the change it made,
 * or nothing, because it says no more than the call.
 */
export type ToolOutput = "lines" | "count" | "changes" | "nothing";

type Input = { readonly [key: string]: unknown };

interface Description {
  argument: string | undefined;
  path?: boolean;
  detail?: string;
  output?: ToolOutput;
  changes?: readonly string[];
  changed?: number;
}

/** Arguments are cut here before they are looked at. A log shows as much. */
const ARGUMENT_LIMIT = 2_000;

/** Names and details are cut here: they share their line with the argument. */
const NAME_LIMIT = 60;

/** So that the arguments of Bash, Read, Edit, Write, Grep, Glob and Task begin in one column. */
const NAME_COLUMNS = 5;

/** An argument that would be cut below this is worth less than the detail behind it. */
const LEAST_ARGUMENT = 12;

/** More changed lines than this are not shown on a terminal. */
const CHANGES_KEPT = 10;

/** Inputs that tell most about tools that are not known here, the most telling first. */
const TELLING = [
  "command",
  "file_path",
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

function text(input: Input, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = input[key];
    if (typeof value === "string" && value.trim() !== "") return value;
  }
  return undefined;
}

function anyText(input: Input, key: string): string {
  const value = input[key];
  return typeof value === "string" ? value : "";
}

function integer(input: Input, key: string): number | undefined {
  const value = input[key];
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

function objects(input: Input, key: string): Input[] {
  const value = input[key];
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Input => typeof item === "object" && item !== null);
}

function join(...parts: (string | undefined)[]): string | undefined {
  const given = parts.filter((part) => part !== undefined && part !== "");
  return given.length === 0 ? undefined : given.join(" ");
}

function lineRange(input: Input): string | undefined {
  const offset = integer(input, "offset");
  const limit = integer(input, "limit");
  if (offset === undefined && limit === undefined) return undefined;
  const first = Math.max(1, offset ?? 1);
  return limit === undefined ? `from line ${first}` : `lines ${first}-${first + limit - 1}`;
}

function markedLines({ added, removed }: Changes, most: number): string[] {
  const marked = (mark: string, lines: readonly string[]) =>
    lines.slice(0, most).map((line) => `${mark} ${line.slice(0, ARGUMENT_LIMIT)}`);
  return [...marked("-", removed), ...marked("+", added)];
}

function describeEdits(input: Input, edits: readonly Input[], most: number): Description {
  let added = 0;
  let removed = 0;
  const changes: string[] = [];
  for (const edit of edits) {
    const change = changedLines(anyText(edit, "old_string"), anyText(edit, "new_string"));
    added += change.added.length;
    removed += change.removed.length;
    if (changes.length < most) changes.push(...markedLines(change, most));
  }
  const all = edits.some((edit) => edit["replace_all"] === true) ? "everywhere" : undefined;
  return {
    argument: text(input, "file_path", "path"),
    path: true,
    detail: join(`+${added} -${removed}`, all),
    output: "changes",
    changes,
    changed: added + removed,
  };
}

function describeTodos(input: Input): Description {
  const todos = objects(input, "todos");
  const done = todos.filter((todo) => todo["status"] === "completed").length;
  const now = todos.find((todo) => todo["status"] === "in_progress");
  return {
    argument: `${formatCount(todos.length, "todo")}, ${done} done`,
    detail: now === undefined ? undefined : text(now, "activeForm", "content"),
    output: "nothing",
  };
}

function describeAgent(input: Input): Description {
  const type = text(input, "subagent_type");
  return {
    argument: text(input, "description", "prompt"),
    detail: join(
      type === undefined ? undefined : `(${type})`,
      input["run_in_background"] === true ? "in the background" : undefined,
    ),
  };
}

function describeNotebookEdit(input: Input): Description {
  const mode = text(input, "edit_mode") ?? "replace";
  const lines = countLines(anyText(input, "new_source"));
  return {
    argument: text(input, "notebook_path", "file_path"),
    path: true,
    detail: mode === "delete" ? "cell deleted" : `${mode} ${formatCount(lines, "line")}`,
    output: "nothing",
  };
}

type Describe = (input: Input, mostChanges: number) => Description;

const DESCRIPTIONS: { readonly [name: string]: Describe } = {
  Bash: (input) => ({
    argument: text(input, "command"),
    detail: input["run_in_background"] === true ? "in the background" : undefined,
  }),
  Read: (input) => ({
    argument: text(input, "file_path", "path"),
    path: true,
    detail: lineRange(input),
    output: "count",
  }),
  NotebookRead: (input) => ({
    argument: text(input, "notebook_path"),
    path: true,
    output: "count",
  }),
  Write: (input) => ({
    argument: text(input, "file_path", "path"),
    path: true,
    detail: formatCount(countLines(anyText(input, "content")), "line"),
    output: "nothing",
  }),
  Edit: (input, most) => describeEdits(input, [input], most),
  MultiEdit: (input, most) => describeEdits(input, objects(input, "edits"), most),
  NotebookEdit: describeNotebookEdit,
  Grep: (input) => ({
    argument: text(input, "pattern"),
    detail: join(place(input, "path"), text(input, "glob", "type")),
  }),
  Glob: (input) => ({ argument: text(input, "pattern"), detail: place(input, "path") }),
  LS: (input) => ({ argument: text(input, "path"), path: true }),
  Task: describeAgent,
  Agent: describeAgent,
  WebFetch: (input) => ({ argument: text(input, "url") }),
  WebSearch: (input) => ({ argument: text(input, "query") }),
  TodoWrite: describeTodos,
  Skill: (input) => ({ argument: text(input, "skill", "command", "name") }),
  SlashCommand: (input) => ({ argument: text(input, "command") }),
};

function place(input: Input, key: string): string | undefined {
  const path = text(input, key);
  return path === undefined ? undefined : `in ${path}`;
}

function describeOther(input: Input): Description {
  const keys = Object.keys(input);
  const [only] = keys;
  if (only === undefined) return { argument: undefined };
  const key = keys.length === 1 ? only : TELLING.find((key) => text(input, key) !== undefined);
  const telling = key === undefined ? undefined : text(input, key);
  return { argument: telling ?? compactJson(input, ARGUMENT_LIMIT) };
}

/** `mcp__server__tool` as `server:tool`. */
function readableName(name: string): string {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? [];
  return sanitizeLine(server === undefined ? name : `${server}:${tool}`, NAME_LIMIT) || "tool";
}

/**
 * Puts a tool call in words: its name, the argument that tells most, how much it changes.
 * The input is foreign: whatever is not as expected is shown as JSON.
 *
 * @param mostChanges how many of the lines that it removes and adds are kept
 *
 * @example
 * ```ts
 * import { toolLabel } from "./tool_label.ts";
 *
 * const line = toolLabel("Read", { file_path: "/src/app/main.ts", limit: 20 }, { cwd: "/src/app" });
 * console.log(line.argument, line.detail); // main.ts lines 1-20
 * ```
 */
export function toolLabel(
  name: string,
  input: Input,
  places: PathContext = {},
  mostChanges: number = CHANGES_KEPT,
): ToolLabel {
  const describe = Object.hasOwn(DESCRIPTIONS, name) ? DESCRIPTIONS[name] : undefined;
  let description = describe?.(input, mostChanges) ?? describeOther(input);
  if (description.argument === undefined) {
    description = { ...description, ...describeOther(input), path: false };
  }
  const { argument = "", path = false, detail = "", output = "lines" } = description;
  return {
    name: readableName(name),
    argument: sanitizeLine(path ? shortPath(argument, places) : argument, ARGUMENT_LIMIT),
    path,
    detail: sanitizeLine(detail, NAME_LIMIT),
    output,
    changes: description.changes ?? [],
    changed: description.changed ?? 0,
  };
}

/** A line that has no more than a tool's name, for a call that was not seen. */
export function unknownToolLabel(name: string): ToolLabel {
  const rest = { argument: "", path: false, detail: "", changes: [], changed: 0 };
  return { name: readableName(name), ...rest, output: "lines" };
}

/** How {@linkcode layOutToolLabel} sets a call. */
export interface ToolLayout {
  /** The columns that there are; undefined for as many as it takes. */
  columns: number | undefined;
  styles: Styles;
  /** The style of the argument; the name is bold where it is plain. */
  style: Style;
  /** Stands behind everything. */
  suffix?: string;
}

/**
 * Sets a call as one line: the name, the argument as far as there is room, the detail.
 */
export function layOutToolLabel(line: ToolLabel, layout: ToolLayout): string {
  const { columns, styles, style } = layout;
  const room = columns ?? Infinity;
  const name = cutEnd(line.name, Math.max(NAME_COLUMNS, Math.floor(room / 2)));
  const pad = line.argument === "" ? "" : " ".repeat(
    1 + Math.max(0, NAME_COLUMNS - displayWidth(name)),
  );
  let left = room - displayWidth(name) - pad.length;
  let behind = "";
  for (const part of [layout.suffix ?? "", line.detail]) {
    const width = displayWidth(part) + 2;
    const least = Math.min(LEAST_ARGUMENT, displayWidth(line.argument));
    if (part === "" || left - width < least) continue;
    behind = `  ${part}${behind}`;
    left -= width;
  }
  const argument = (line.path ? cutStart : cutEnd)(line.argument, Math.max(0, left));
  const nameStyle = style === styles.plain ? styles.bold : style;
  return nameStyle(name) + style(pad + argument) + styles.dim(behind);
}
