/**
 * The messages of Claude Code, which writes one JSON object a line. {@linkcode parseMessage} is the
 * one place that distrusts what it reads; everything after it works on typed values.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined, parseJsonObject } from "../util/json.ts";
import {
  type AssistantBlock,
  readAssistantBlocks,
  readUserBlocks,
  type UserBlock,
} from "./content_blocks.ts";
import { getNonEmptyString, getObject, getObjects, getString, getStrings } from "./json_fields.ts";
import { readStreamEvent, type StreamEvent } from "./partial_messages.ts";
import { readResult } from "./result_event.ts";
import { getSessionId } from "./session_id.ts";
import { readRetry, readStandaloneMessage } from "./system_events.ts";

/** What an init message states about the session. */
export type SessionDetails = Omit<EventBody<"session_info">, "type" | "session_id">;

/** The start of a turn. */
export interface InitMessage {
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

/** A piece of a message that is being generated. */
export interface StreamMessage {
  readonly kind: "stream";
  readonly event: StreamEvent;
}

/** The result of a turn. */
export interface ResultMessage {
  readonly kind: "result";
  readonly result: EventBody<"result">;
  readonly isError: boolean;
  /** Whether something other than the prompt started the turn, for example a background task. */
  readonly hasOrigin: boolean;
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
export interface PermissionDeniedMessage {
  readonly kind: "permission_denied";
  readonly toolUseId: string;
  readonly name: string;
  readonly reason: string | undefined;
}

/** A message that is one event by itself. */
export interface StandaloneMessage {
  readonly kind: "standalone";
  /** Undefined if the message only shows that Claude Code is alive. */
  readonly event: EventBody | undefined;
}

/** An API request that failed and will be repeated. */
export interface RetryMessage {
  readonly kind: "retry";
  readonly retry: EventBody<"retry">;
  /** The name of the API error. */
  readonly apiError: string | undefined;
}

/** A message of an unknown kind. */
export interface OtherMessage {
  readonly kind: "other";
}

type MessageContent =
  | InitMessage
  | AssistantMessage
  | UserMessage
  | StreamMessage
  | ResultMessage
  | TaskMessage
  | PermissionDeniedMessage
  | RetryMessage
  | StandaloneMessage
  | OtherMessage;

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
    ...readContent(json) ?? { kind: "other" },
    json,
    sessionId: getSessionId(json),
    parent: getNonEmptyString(json, "parent_tool_use_id"),
  };
}

function readContent(json: JsonObject): MessageContent | undefined {
  switch (json["type"]) {
    case "assistant":
      return readAssistant(json);
    case "user": {
      const blocks = readUserBlocks(json);
      return blocks && { kind: "user", blocks };
    }
    case "stream_event": {
      const event = readStreamEvent(getObject(json, "event"));
      return event && { kind: "stream", event };
    }
    case "result":
      return {
        kind: "result",
        result: readResult(json),
        isError: json["is_error"] === true,
        hasOrigin: isJsonObject(json["origin"]),
      };
    case "system":
      return readSystem(json);
  }
  return readStandaloneMessage(json);
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

function readSystem(json: JsonObject): MessageContent | undefined {
  const subtype = json["subtype"];
  switch (subtype) {
    case "init":
      return readInit(json);
    case "permission_denied":
      return {
        kind: "permission_denied",
        toolUseId: getString(json, "tool_use_id") ?? "",
        name: getNonEmptyString(json, "tool_name") ?? "unknown",
        reason: getNonEmptyString(json, "message") ?? getNonEmptyString(json, "decision_reason"),
      };
    case "task_started":
    case "task_progress":
    case "task_updated":
    case "task_notification":
      return readTask(subtype, json);
    case "api_retry":
      return { kind: "retry", retry: readRetry(json), apiError: getNonEmptyString(json, "error") };
  }
  return readStandaloneMessage(json);
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
