/**
 * Messages that become an event by themselves, without a memory of other messages.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined } from "../util/json.ts";
import {
  getCount,
  getNonEmptyString,
  getNumber,
  getObject,
  getString,
  toCount,
} from "./json_fields.ts";
import type { StandaloneMessage } from "./messages.ts";
import {
  type MessageReader,
  rankedNotice,
  readAuthStatus,
  readBackgroundTasks,
  readCompaction,
  readControl,
  readFiles,
  readHookProgress,
  readHookResponse,
  readHookStart,
  readPluginInstall,
  readStatus,
  textNotice,
} from "./notices.ts";

/**
 * Reads a message that needs no memory.
 *
 * @returns undefined if its kind is not known
 */
export function readStandaloneMessage(message: JsonObject): StandaloneMessage | undefined {
  const reader = message["type"] === "system"
    ? SYSTEM_READERS.get(message["subtype"])
    : TYPE_READERS.get(message["type"]);
  return reader && { kind: "standalone", event: reader(message) };
}

/** Reads a failed API request that will be repeated. */
export function readRetry(message: JsonObject): EventBody<"retry"> {
  const status = getNumber(message, "error_status");
  return omitUndefined<EventBody<"retry">>({
    type: "retry",
    attempt: getCount(message, "attempt"),
    max_retries: getCount(message, "max_retries"),
    delay_ms: getCount(message, "retry_delay_ms"),
    http_status: status !== undefined && status > 0 ? Math.round(status) : undefined,
    reason: getNonEmptyString(message, "error") ?? getNonEmptyString(message, "error_category") ??
      "unknown",
  });
}

function readToolProgress(message: JsonObject): EventBody {
  const subagentRetry = message["subagent_retry"];
  if (isJsonObject(subagentRetry)) return readRetry(subagentRetry);
  return {
    type: "tool_progress",
    tool_use_id: getString(message, "tool_use_id") ?? "",
    name: getNonEmptyString(message, "tool_name") ?? "unknown",
    elapsed_ms: toCount((getNumber(message, "elapsed_time_seconds") ?? 0) * 1000),
  };
}

function readRateLimit(message: JsonObject): EventBody {
  const info = getObject(message, "rate_limit_info");
  return omitUndefined<EventBody<"rate_limit">>({
    type: "rate_limit",
    status: getNonEmptyString(info, "status") ?? "unknown",
    resets_at: dateOf(getNumber(info, "resetsAt")),
    kind: getNonEmptyString(info, "rateLimitType"),
    utilization: getNumber(info, "utilization"),
  });
}

/** The year 10000, which RFC 3339 cannot express. */
const END_OF_TIME_SECONDS = 253_402_300_800;

function dateOf(seconds: number | undefined): string | undefined {
  if (seconds === undefined || seconds < 0 || seconds >= END_OF_TIME_SECONDS) return undefined;
  return new Date(seconds * 1000).toISOString();
}

/** The readers of messages of type `system`, by subtype. */
export const SYSTEM_READERS: ReadonlyMap<unknown, MessageReader> = new Map<unknown, MessageReader>([
  ["background_tasks_changed", readBackgroundTasks],
  ["commands_changed", textNotice("commands", "the slash commands changed")],
  ["compact_boundary", readCompaction],
  ["control_request_progress", readControl],
  ["elicitation_complete", textNotice("elicitation", "the question of an MCP server was answered")],
  ["files_persisted", readFiles],
  ["hook_progress", readHookProgress],
  ["hook_response", readHookResponse],
  ["hook_started", readHookStart],
  ["informational", rankedNotice("informational", "level")],
  ["local_command_output", textNotice("local_command", "a slash command ran")],
  ["memory_recall", textNotice("memory", "memories were loaded")],
  ["mirror_error", textNotice("mirror", "cannot mirror the session", "warning")],
  [
    "model_refusal_fallback",
    textNotice("refusal", "the model refused; another model continues", "warning"),
  ],
  ["model_refusal_no_fallback", textNotice("refusal", "the model refused", "warning")],
  ["notification", rankedNotice("notification", "priority")],
  ["plugin_install", readPluginInstall],
  ["session_state_changed", textNotice("session_state", "the state of the session changed")],
  [
    "session_writes_lost",
    textNotice("session_writes_lost", "parts of the session were not saved", "error"),
  ],
  ["status", readStatus],
  // One for each piece of thinking: many messages without content.
  ["thinking_tokens", () => undefined],
  ["worker_shutting_down", textNotice("worker", "the worker is shutting down")],
]);

/** The readers of the other messages, by type. */
export const TYPE_READERS: ReadonlyMap<unknown, MessageReader> = new Map<unknown, MessageReader>([
  ["auth_status", readAuthStatus],
  ["control_request", readControl],
  ["control_response", readControl],
  ["conversation_reset", textNotice("conversation_reset", "the conversation was reset")],
  ["prompt_suggestion", textNotice("prompt_suggestion", "a next prompt was suggested")],
  ["rate_limit_event", readRateLimit],
  ["tool_progress", readToolProgress],
  ["tool_use_summary", textNotice("tool_use_summary", "tools were used")],
]);
