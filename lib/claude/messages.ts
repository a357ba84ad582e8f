/**
 * The messages of Claude Code, which writes one JSON object a line. {@linkcode parseMessage} is the
 * one place that distrusts what it reads; everything after it works on typed values.
 *
 * @module
 */

import type { DenialCause, EventBody, Usage } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined, parseJsonObject } from "../util/json.ts";
import {
  type AssistantBlock,
  readAssistantBlocks,
  readUserBlocks,
  type UserBlock,
} from "./content_blocks.ts";
import { denialCause } from "./denials.ts";
import {
  getNonEmptyString,
  getNumber,
  getObject,
  getObjects,
  getString,
  getStrings,
} from "./json_fields.ts";
import { NOTICE_READERS, readBackgroundTasks } from "./notices.ts";
import { readStreamEvent, type StreamEvent } from "./partial_messages.ts";
import { readResult } from "./result_event.ts";
import { getSessionId } from "./session_id.ts";
import { isHeartbeat, readRateLimit, readRetry, readToolProgress } from "./status_events.ts";
import { readUsage } from "./usage.ts";
import { asksToContinue } from "./user_notes.ts";

/** What an init message states about the session. */
export type SessionDetails = Omit<EventBody<"session_info">, "type" | "session_id">;

/** The start of a turn. */
interface InitMessage {
  readonly kind: "init";
  readonly details: SessionDetails;
  /** Where the API key comes from. */
  readonly apiKeySource: string | undefined;
}

/** A message of the model, or a part of it. */
export interface AssistantMessage {
  readonly kind: "assistant";
  readonly id: string;
  /** Whether Claude Code wrote the message itself. */
  readonly isSynthetic: boolean;
  readonly model: string | undefined;
  /** The tokens of the message so far. */
  readonly usage: Usage | undefined;
  /** Why the model stopped, if the message states it. */
  readonly stopReason: string | undefined;
  /** The name of the API error that the message reports. */
  readonly apiError: string | undefined;
  readonly blocks: readonly AssistantBlock[];
}

/** Tool results, or text in the place of the user. */
export interface UserMessage {
  readonly kind: "user";
  readonly blocks: readonly UserBlock[];
  /** Whether it asks the model to continue a message that was cut off. */
  readonly asksToContinue: boolean;
  /** What a local command wrote. */
  readonly commandOutput: CommandOutput | undefined;
  /** When a wake-up that the model scheduled is due, in milliseconds since 1970. */
  readonly wakesAt: number | undefined;
}

/** The result of a turn. */
export interface ResultMessage {
  readonly kind: "result";
  /** The result without cost and tokens, which depend on earlier results. */
  readonly result: EventBody<"result">;
  readonly isError: boolean;
  /** Whether the prompt was a command that Claude Code runs itself. */
  readonly isLocalCommand: boolean;
}

/** A change in the state of a background task or a subagent. */
export interface TaskMessage {
  readonly kind: "task";
  readonly change: "task_started" | "task_progress" | "task_updated" | "task_notification";
  readonly taskId: string;
  readonly toolUseId: string | undefined;
  readonly status: string | undefined;
  readonly description: string | undefined;
  readonly summary: string | undefined;
  readonly usage: JsonObject | undefined;
  /** Whether it is no work that a run waits for. */
  readonly isAmbient: boolean;
}

/** A denied tool call. */
interface PermissionDeniedMessage {
  readonly kind: "permission_denied";
  readonly toolUseId: string;
  readonly name: string;
  readonly reason: string | undefined;
  readonly cause: DenialCause;
}

/** An API request that failed and will be retried. */
interface RetryMessage {
  readonly kind: "retry";
  readonly retry: EventBody<"retry">;
  /** The name of the API error. */
  readonly apiError: string | undefined;
}

type MessageContent =
  | InitMessage
  | AssistantMessage
  | UserMessage
  | ResultMessage
  | TaskMessage
  | PermissionDeniedMessage
  | RetryMessage
  /** A piece of a message that is being generated. */
  | { readonly kind: "stream"; readonly event: StreamEvent }
  /** A message that becomes one event, whatever came before it. */
  | { readonly kind: "event"; readonly event: EventBody; readonly endsTasks?: boolean }
  /** A message without content, which only shows that Claude Code is alive. */
  | { readonly kind: "empty" }
  /** A message of an unknown kind. */
  | { readonly kind: "other" };

/** A message of Claude Code. */
export type ClaudeMessage = MessageContent & {
  /** The message as Claude Code wrote it. */
  readonly json: JsonObject;
  readonly sessionId: string | undefined;
  /** The tool call whose subagent sent the message. */
  readonly parent: string | undefined;
  /** The ids of messages and of lines that no longer count. */
  readonly retracted: readonly string[];
};

/**
 * Parses a line.
 *
 * @returns undefined if the line is not a JSON object
 *
 * @example
 * ```ts
 * import { parseMessage } from "./messages.ts";
 *
 * console.log(parseMessage('{"type":"hologram"}')?.kind); // other
 * console.log(parseMessage("hello")); // undefined
 * ```
 */
export function parseMessage(line: string): ClaudeMessage | undefined {
  const json = parseJsonObject(line);
  if (json === undefined) return undefined;
  const content = MESSAGE_READERS.get(kindOf(json) ?? "")?.(json) ?? { kind: "other" };
  const isOfMainAgent = content.kind === "event" && isHeartbeat(json);
  return {
    ...content,
    json,
    sessionId: getSessionId(json),
    parent: isOfMainAgent ? undefined : getNonEmptyString(json, "parent_tool_use_id"),
    // Most lines are pieces of messages, which retract nothing.
    retracted: content.kind === "stream" ? NOTHING_RETRACTED : readRetracted(json),
  };
}

const NOTHING_RETRACTED: readonly string[] = [];

/** Returns the ids of what a message replaces, and of a message that the model had to abandon. */
function readRetracted(json: JsonObject): readonly string[] {
  const refused = getNonEmptyString(json, "refused_message_id");
  const ids = [
    ...getStrings(json, "supersedes"),
    ...getStrings(json, "retracted_message_uuids"),
    ...(refused === undefined ? [] : [refused]),
  ];
  return ids.length === 0 ? NOTHING_RETRACTED : ids;
}

/** Reads the messages of one kind; returns undefined for a message without its main part. */
type Reader = (json: JsonObject) => MessageContent | undefined;

/** The readers of all kinds of messages: by their type, and for `system` by their subtype. */
export const MESSAGE_READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["assistant", readAssistant],
  ["user", readUser],
  ["stream_event", readStream],
  ["result", readResultMessage],
  ["tool_progress", (json) => eventMessage(readToolProgress(json))],
  ["rate_limit_event", (json) => eventMessage(readRateLimit(json))],
  ["system/init", readInit],
  ["system/api_retry", readApiRetry],
  ["system/permission_denied", readPermissionDenied],
  ["system/task_started", (json) => readTask("task_started", json)],
  ["system/task_progress", (json) => readTask("task_progress", json)],
  ["system/task_updated", (json) => readTask("task_updated", json)],
  ["system/task_notification", (json) => readTask("task_notification", json)],
  // Counts tokens, once for each piece of thinking.
  ["system/thinking_tokens", () => ({ kind: "empty" })],
  ["keep_alive", () => ({ kind: "empty" })],
  // Repeats messages that arrive themselves.
  ["transcript_mirror", () => ({ kind: "empty" })],
  ...Array.from(NOTICE_READERS, ([kind, read]): [string, Reader] => [kind, (json) => {
    const notice = read(json);
    return eventMessage(notice && { type: "notice", ...notice, data: json });
  }]),
  ["system/background_tasks_changed", readBackgroundTasksChange],
]);

function kindOf(json: JsonObject): string | undefined {
  const type = getString(json, "type");
  return type === "system" ? `system/${getString(json, "subtype")}` : type;
}

function eventMessage(event: EventBody | undefined): MessageContent {
  return event === undefined ? { kind: "empty" } : { kind: "event", event };
}

/** Reads the list of the background tasks, which replaces the one before. */
function readBackgroundTasksChange(json: JsonObject): MessageContent {
  const event = { type: "notice", ...readBackgroundTasks(json), data: json } as const;
  return { kind: "event", event, endsTasks: getObjects(json, "tasks").length === 0 };
}

/** The model of messages that Claude Code writes itself. */
const SYNTHETIC_MODEL = "<synthetic>";

function readAssistant(json: JsonObject): AssistantMessage | undefined {
  const blocks = readAssistantBlocks(json);
  if (blocks === undefined) return undefined;
  const message = getObject(json, "message");
  return {
    kind: "assistant",
    id: getString(message, "id") ?? "",
    isSynthetic: message["model"] === SYNTHETIC_MODEL,
    model: getNonEmptyString(message, "model"),
    usage: readUsage(message["usage"]),
    stopReason: getNonEmptyString(message, "stop_reason"),
    apiError: getNonEmptyString(json, "error"),
    blocks,
  };
}

function readUser(json: JsonObject): UserMessage | undefined {
  const blocks = readUserBlocks(json);
  if (blocks === undefined) return undefined;
  const [first] = blocks;
  const text = first?.kind === "text" ? first.text : "";
  return {
    kind: "user",
    blocks,
    asksToContinue: asksToContinue(text),
    commandOutput: json["isReplay"] === true ? readCommandOutput(text) : undefined,
    wakesAt: getNumber(getObject(json, "tool_use_result"), "scheduledFor"),
  };
}

/** What a local command, such as a slash command, wrote. */
export interface CommandOutput {
  readonly isError: boolean;
  readonly text: string;
}

function readCommandOutput(text: string): CommandOutput | undefined {
  for (const stream of ["stdout", "stderr"]) {
    const [start, end] = [`<local-command-${stream}>`, `</local-command-${stream}>`];
    if (text.startsWith(start) && text.endsWith(end)) {
      return { isError: stream === "stderr", text: text.slice(start.length, -end.length).trim() };
    }
  }
  return undefined;
}

function readStream(json: JsonObject): MessageContent | undefined {
  const event = readStreamEvent(getObject(json, "event"));
  return event && { kind: "stream", event };
}

function readResultMessage(json: JsonObject): ResultMessage {
  return {
    kind: "result",
    result: readResult(json),
    isError: json["is_error"] === true,
    isLocalCommand: getNonEmptyString(json, "local_command") !== undefined,
  };
}

function readApiRetry(json: JsonObject): RetryMessage {
  return { kind: "retry", retry: readRetry(json), apiError: getNonEmptyString(json, "error") };
}

function readPermissionDenied(json: JsonObject): PermissionDeniedMessage {
  const name = getNonEmptyString(json, "tool_name") ?? "unknown";
  const reason = getNonEmptyString(json, "message") ?? getNonEmptyString(json, "decision_reason");
  const reasonType = getNonEmptyString(json, "decision_reason_type");
  return {
    kind: "permission_denied",
    toolUseId: getString(json, "tool_use_id") ?? "",
    name,
    reason,
    cause: denialCause({ tool: name, text: reason ?? "", reasonType }),
  };
}

function readInit(json: JsonObject): InitMessage {
  const servers = getObjects(json, "mcp_servers").map((server) => ({
    name: getNonEmptyString(server, "name") ?? "",
    status: getNonEmptyString(server, "status") ?? "unknown",
  }));
  const details = {
    model: getNonEmptyString(json, "model"),
    cwd: getNonEmptyString(json, "cwd"),
    permission_mode: getNonEmptyString(json, "permissionMode"),
    tools: Array.isArray(json["tools"]) ? getStrings(json, "tools") : undefined,
    mcp_servers: Array.isArray(json["mcp_servers"]) ? servers : undefined,
    claude_version: getNonEmptyString(json, "claude_code_version"),
  };
  return {
    kind: "init",
    details: omitUndefined(details),
    apiKeySource: getNonEmptyString(json, "apiKeySource"),
  };
}

function readTask(change: TaskMessage["change"], json: JsonObject): TaskMessage {
  const patch = getObject(json, "patch");
  return {
    kind: "task",
    change,
    taskId: getString(json, "task_id") ?? "",
    toolUseId: getNonEmptyString(json, "tool_use_id"),
    status: getNonEmptyString(json, "status") ?? getNonEmptyString(patch, "status"),
    description: getNonEmptyString(json, "description"),
    summary: getNonEmptyString(json, "summary") ?? getNonEmptyString(patch, "error"),
    usage: isJsonObject(json["usage"]) ? json["usage"] : undefined,
    isAmbient: json["ambient"] === true,
  };
}
