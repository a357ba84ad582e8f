/**
 * The messages of Claude Code, which writes one JSON object a line. {@linkcode parseMessage} is the
 * one place that distrusts what it reads; everything after it works on typed values.
 *
 * @module
 */

import type { DenialCause, EventBody } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined, parseJsonObject } from "../util/json.ts";
import {
  type AssistantBlock,
  readAssistantBlocks,
  readUserBlocks,
  type UserBlock,
} from "./content_blocks.ts";
import { denialCause } from "./denials.ts";
import { getNonEmptyString, getObject, getObjects, getString, getStrings } from "./json_fields.ts";
import { NOTICE_READERS } from "./notices.ts";
import { readStreamEvent, type StreamEvent } from "./partial_messages.ts";
import { readResult } from "./result_event.ts";
import { getSessionId } from "./session_id.ts";
import { readRateLimit, readRetry, readToolProgress } from "./status_events.ts";

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
  /** The name of the API error that the message reports. */
  readonly apiError: string | undefined;
  readonly blocks: readonly AssistantBlock[];
}

/** Tool results, or text in the place of the user. */
export interface UserMessage {
  readonly kind: "user";
  readonly blocks: readonly UserBlock[];
}

/** The result of a turn. */
export interface ResultMessage {
  readonly kind: "result";
  readonly result: EventBody<"result">;
  readonly isError: boolean;
  /** False if the turn was started by something else, for example by a background task. */
  readonly answersPrompt: boolean;
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
  | { readonly kind: "event"; readonly event: EventBody }
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
  return {
    ...MESSAGE_READERS.get(kindOf(json) ?? "")?.(json) ?? { kind: "other" },
    json,
    sessionId: getSessionId(json),
    parent: getNonEmptyString(json, "parent_tool_use_id"),
  };
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
  ...Array.from(NOTICE_READERS, ([kind, read]): [string, Reader] => [kind, (json) => {
    const notice = read(json);
    return eventMessage(notice && { type: "notice", ...notice, data: json });
  }]),
]);

function kindOf(json: JsonObject): string | undefined {
  const type = getString(json, "type");
  return type === "system" ? `system/${getString(json, "subtype")}` : type;
}

function eventMessage(event: EventBody | undefined): MessageContent {
  return event === undefined ? { kind: "empty" } : { kind: "event", event };
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
    apiError: getNonEmptyString(json, "error"),
    blocks,
  };
}

function readUser(json: JsonObject): UserMessage | undefined {
  const blocks = readUserBlocks(json);
  return blocks && { kind: "user", blocks };
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
    answersPrompt: !isJsonObject(json["origin"]),
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
  };
}
