/**
 * The tools of Claude Code: what they do, and what identifies a call. Rendering and CI know Claude
 * Code only through this file.
 *
 * @module
 */

import { compactJson } from "../util/compact_json.ts";
import {
  describeAgent,
  describeBash,
  describeCron,
  describeMessage,
  describeMonitor,
  describeSkill,
  describeWakeup,
} from "./describe_agent_tools.ts";
import {
  describeEdit,
  describeFile,
  describeGlob,
  describeGrep,
  describeMultiEdit,
  describeNotebookEdit,
  describeRead,
  describeWrite,
} from "./describe_file_tools.ts";
import {
  describeFindings,
  describePlan,
  describeQuestions,
  describeTaskCreate,
  describeTaskGet,
  describeTaskUpdate,
  describeTodos,
} from "./describe_planning_tools.ts";
import { getFirstText } from "./json_fields.ts";
import {
  argumentOf,
  NO_DESCRIPTION,
  type PartialDescription,
  type ToolCallDescription,
  type ToolInput,
} from "./tool_description.ts";

export { changesInDiff } from "./describe_file_tools.ts";
export { filePathOf, NO_DESCRIPTION } from "./tool_description.ts";
export type { ToolCallDescription, ToolInput, ToolOutputKind } from "./tool_description.ts";

interface Tool {
  readonly kind?: "edits_files" | "reads_files" | "starts_subagent";
  readonly describe: (input: ToolInput) => PartialDescription;
}

/** Other tools are described by their first identifying field, or by their JSON. */
const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ["Agent", { kind: "starts_subagent", describe: describeAgent }],
  ["AskUserQuestion", { describe: describeQuestions }],
  ["Bash", { describe: describeBash }],
  ["CronCreate", { describe: describeCron }],
  ["Edit", { kind: "edits_files", describe: describeEdit }],
  ["ExitPlanMode", { describe: describePlan }],
  ["Glob", { kind: "reads_files", describe: describeGlob }],
  ["Grep", { kind: "reads_files", describe: describeGrep }],
  ["LS", { kind: "reads_files", describe: describeFile }],
  ["Monitor", { describe: describeMonitor }],
  ["MultiEdit", { kind: "edits_files", describe: describeMultiEdit }],
  ["NotebookEdit", { kind: "edits_files", describe: describeNotebookEdit }],
  ["NotebookRead", { kind: "reads_files", describe: describeRead }],
  ["PushNotification", { describe: (input) => argumentOf(input, "message") }],
  ["Read", { kind: "reads_files", describe: describeRead }],
  ["ReportFindings", { describe: describeFindings }],
  ["ScheduleWakeup", { describe: describeWakeup }],
  ["SendMessage", { describe: describeMessage }],
  ["Skill", { describe: describeSkill }],
  ["Task", { kind: "starts_subagent", describe: describeAgent }],
  ["TaskCreate", { describe: describeTaskCreate }],
  ["TaskGet", { describe: describeTaskGet }],
  ["TaskUpdate", { describe: describeTaskUpdate }],
  ["TodoWrite", { describe: describeTodos }],
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

/** Returns whether a call of the tool called `name` is the answer of the run, and no step. */
export function givesAnswer(name: string): boolean {
  return name === STRUCTURED_OUTPUT_TOOL;
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

/** The longest JSON that describes an input without an identifying field. */
const MAX_JSON_LENGTH = 2_000;

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
