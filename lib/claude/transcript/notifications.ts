import type { JsonObject } from "../../util/json.ts";
import { isId } from "../../util/plausible.ts";
import { getObject, getObjects, getPlausible, getString } from "../json_fields.ts";
import { readToolContent } from "../tool_content.ts";
import { envelope } from "./messages.ts";

const NOTIFICATION = /^\s*<task-notification>/;

/** A text with which Claude Code tells the model how a background task ended. */
export interface TaskNotification {
  readonly taskId: string;
  readonly toolUseId: string | undefined;
  readonly status: string | undefined;
  readonly summary: string | undefined;
}

/** Returns whether a text in the place of the user is a {@linkcode TaskNotification}. */
export function isTaskNotification(text: string): boolean {
  return NOTIFICATION.test(text);
}

/** Returns what a text tells about a background task; undefined if it tells nothing. */
export function readTaskNotification(text: string): TaskNotification | undefined {
  const taskId = isTaskNotification(text) ? elementOf(text, "task-id") : undefined;
  if (taskId === undefined) return undefined;
  return {
    taskId,
    toolUseId: elementOf(text, "tool-use-id"),
    status: elementOf(text, "status"),
    summary: elementOf(text, "result") ?? elementOf(text, "summary"),
  };
}

/** Returns the text in an element. A pattern would read the whole text at each place that looks like one. */
function elementOf(text: string, name: string): string | undefined {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const start = text.indexOf(open);
  const end = start === -1 ? -1 : text.indexOf(close, start);
  return end === -1 ? undefined : text.slice(start + open.length, end).trim();
}

/** The result of a call whose subagent runs in the background. */
const LAUNCHED = /^Async agent launched/;

/**
 * Returns how a subagent ended whose result an entry has; undefined if it runs in the background.
 *
 * @param taskOf returns the subagent of a call, because not every result names it
 */
export function subagentEnd(
  entry: JsonObject,
  taskOf: (call: string) => string | undefined,
): TaskNotification | undefined {
  const result = getObject(entry, "toolUseResult");
  const [block] = getObjects(getObject(entry, "message"), "content");
  if (block?.["type"] !== "tool_result") return undefined;
  const toolUseId = getString(block, "tool_use_id") ?? "";
  const taskId = getPlausible(result, "agentId", isId) ?? taskOf(toolUseId);
  const { text } = readToolContent(block["content"]);
  if (taskId === undefined || result["isAsync"] === true || LAUNCHED.test(text)) return undefined;
  const summary = "content" in result ? readToolContent(result["content"]).text : text;
  return {
    taskId,
    toolUseId,
    status: block["is_error"] === true ? "failed" : "completed",
    summary,
  };
}

/** Returns the messages of a stream that report the end of a task: that it has ended, and how. */
export function taskEndMessages(entry: JsonObject, task: TaskNotification): JsonObject[] {
  const { taskId: task_id, toolUseId: tool_use_id, status, summary } = task;
  const common = { type: "system", task_id, tool_use_id, ...envelope(entry) };
  return [
    { ...common, subtype: "task_updated", patch: { status } },
    { ...common, subtype: "task_notification", status, summary },
  ];
}
