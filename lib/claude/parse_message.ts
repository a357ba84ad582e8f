import type { EventBody } from "../events.ts";
import { type JsonObject, omitUndefined } from "../util/json.ts";
import { parseTruncatedObject } from "../util/json_line.ts";
import {
  isAbsolutePath,
  isId,
  isName,
  isTimestamp,
  isToolName,
  isWord,
} from "../util/plausible.ts";
import { readAssistantBlocks, readUserBlocks } from "./content_blocks.ts";
import { denialCause } from "./denials.ts";
import {
  getId,
  getNonEmptyString,
  getObject,
  getObjects,
  getPlausible,
  getPlausibleItems,
  getString,
} from "./json_fields.ts";
import type {
  AssistantMessage,
  ClaudeMessage,
  CommandOutput,
  InitMessage,
  MessageContent,
  PermissionDeniedMessage,
  ResultMessage,
  RetryMessage,
  SessionDetails,
  UserMessage,
} from "./messages.ts";
import { NOTICE_READERS, readBackgroundTasks } from "./notices.ts";
import { readStreamEvent } from "./partial_messages.ts";
import { readResult } from "./result_event.ts";
import { getSessionId } from "./session_id.ts";
import { isHeartbeat, readRateLimit, readRetry, readToolProgress } from "./status_events.ts";
import { SYNTHETIC_MODEL } from "./synthetic_model.ts";
import { readTask } from "./task_message.ts";
import { readUsage } from "./usage.ts";
import { userNote } from "./user_notes.ts";

/**
 * Returns the message of a JSON object.
 *
 * @example
 * ```ts
 * import { parseMessage } from "./parse_message.ts";
 *
 * console.log(parseMessage({ type: "hologram" }).kind); // other
 * ```
 */
export function parseMessage(json: JsonObject): ClaudeMessage {
  const content: MessageContent = MESSAGE_READERS.get(kindOf(json) ?? "")?.(json) ??
    { kind: "other" };
  const isOfMainAgent = content.kind === "event" && isHeartbeat(json);
  return {
    ...content,
    json,
    sessionId: getSessionId(json),
    parent: isOfMainAgent ? undefined : getPlausible(json, "parent_tool_use_id", isId),
    // Most lines are pieces of messages, which retract nothing.
    retracted: content.kind === "stream" ? NOTHING_RETRACTED : readRetracted(json),
  };
}

/**
 * Returns the message of a line that ends in the middle of a result, as version 2.1.197 can leave it. It
 * has the fields that are complete.
 *
 * @returns undefined if the line is anything else
 */
export function parseTruncatedResult(line: string): ClaudeMessage | undefined {
  const json = parseTruncatedObject(line);
  if (json?.["type"] !== "result") return undefined;
  return { ...parseMessage(json), ...readResultMessage(json, true) };
}

const NOTHING_RETRACTED: readonly string[] = [];

/** Returns the ids of what a message replaces, and of a message that the model had to abandon. */
function readRetracted(json: JsonObject): readonly string[] {
  const refused = getPlausible(json, "refused_message_id", isId);
  const ids = [
    ...getPlausibleItems(json, "supersedes", isId),
    ...getPlausibleItems(json, "retracted_message_uuids", isId),
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
  ["result", (json) => readResultMessage(json)],
  ["tool_progress", (json) => {
    const event = readToolProgress(json);
    return event && eventMessage(event);
  }],
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

/** The outcomes of local commands that did not do what they were asked for. */
const COMMAND_FAILURES: ReadonlySet<string | undefined> = new Set([
  "failed",
  "unavailable_headless",
  "unknown",
]);

function readAssistant(json: JsonObject): AssistantMessage | undefined {
  const blocks = readAssistantBlocks(json);
  if (blocks === undefined) return undefined;
  const message = getObject(json, "message");
  return {
    kind: "assistant",
    id: getId(message, "id"),
    lineId: getPlausible(json, "uuid", isId),
    isSynthetic: message["model"] === SYNTHETIC_MODEL,
    model: getPlausible(message, "model", isName),
    usage: readUsage(message["usage"]),
    stopReason: getPlausible(message, "stop_reason", isWord),
    apiError: getPlausible(json, "error", isWord),
    isCommandFailure: COMMAND_FAILURES.has(
      getString(getObject(json, "local_command_outcome"), "kind"),
    ),
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
    asksToContinue: userNote(text) === "continuation",
    commandOutput: json["isReplay"] === true ? readCommandOutput(text) : undefined,
    wakesAt: getPlausible(getObject(json, "tool_use_result"), "scheduledFor", isTimestamp),
  };
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

function readResultMessage(json: JsonObject, isTruncated = false): ResultMessage {
  const result = readResult(json);
  const ok = result.ok && json["is_error"] === false;
  return {
    kind: "result",
    result: isTruncated ? { ...result, ok, truncated: true } : result,
    isError: json["is_error"] === true,
    isLocalCommand: getNonEmptyString(json, "local_command") !== undefined,
    hasUsedTokens: Object.values(readUsage(json["usage"]) ?? {}).some((count) => count > 0),
  };
}

function readApiRetry(json: JsonObject): RetryMessage | undefined {
  const retry = readRetry(json);
  return retry && { kind: "retry", retry, apiError: getPlausible(json, "error", isWord) };
}

function readPermissionDenied(json: JsonObject): PermissionDeniedMessage {
  const name = getPlausible(json, "tool_name", isToolName) ?? "unknown";
  const reason = getNonEmptyString(json, "message") ?? getNonEmptyString(json, "decision_reason");
  const reasonType = getNonEmptyString(json, "decision_reason_type");
  const denial = omitUndefined<EventBody<"permission_denied">>({
    type: "permission_denied",
    tool_use_id: getId(json, "tool_use_id"),
    name,
    reason,
    cause: denialCause({ tool: name, text: reason ?? "", reasonType }),
  });
  return { kind: "permission_denied", denial };
}

function readInit(json: JsonObject): InitMessage {
  const servers = getObjects(json, "mcp_servers").map((server) => ({
    name: getPlausible(server, "name", isName) ?? "unknown",
    status: getPlausible(server, "status", isWord) ?? "unknown",
  }));
  const details = {
    model: getPlausible(json, "model", isName),
    cwd: getPlausible(json, "cwd", isAbsolutePath),
    permission_mode: getPlausible(json, "permissionMode", isWord),
    tools: Array.isArray(json["tools"]) ? getPlausibleItems(json, "tools", isToolName) : undefined,
    mcp_servers: Array.isArray(json["mcp_servers"]) ? servers : undefined,
    claude_version: getPlausible(json, "claude_code_version", isName),
  };
  return {
    kind: "init",
    details: omitUndefined<SessionDetails>(details),
    apiKeySource: getNonEmptyString(json, "apiKeySource"),
  };
}
