/**
 * Messages that become an event about an API request, a tool, or a rate limit.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined } from "../util/json.ts";
import {
  isCount,
  isDuration,
  isId,
  isTimestamp,
  isToolName,
  isUtilization,
  isWord,
} from "../util/plausible.ts";
import { getHttpStatus, getId, getObject, getPlausible } from "./json_fields.ts";

/** The longest time until a retry, a day. Silence does not count as long. */
const MAX_RETRY_DELAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a failed API request that will be retried.
 *
 * @returns undefined if one of the numbers is nonsense
 */
export function readRetry(message: JsonObject): EventBody<"retry"> | undefined {
  const attempt = message["attempt"] ?? 0;
  const max_retries = message["max_retries"] ?? 0;
  const delay = message["retry_delay_ms"] ?? 0;
  if (!isCount(attempt) || !isCount(max_retries)) return undefined;
  if (!isDuration(delay) || delay > MAX_RETRY_DELAY_MS) return undefined;
  return omitUndefined<EventBody<"retry">>({
    type: "retry",
    attempt,
    max_retries,
    delay_ms: Math.round(delay),
    http_status: getHttpStatus(message, "error_status"),
    reason: getPlausible(message, "error", isWord) ??
      getPlausible(message, "error_category", isWord) ?? "unknown",
  });
}

/** Ends the id of a sign of life. Its `parent_tool_use_id` is the tool call itself. */
const HEARTBEAT_SUFFIX = /-(?:heartbeat|progress)-\d+$/;

/** Returns whether a message is a sign of life of a tool call, and not of a subagent. */
export function isHeartbeat(message: JsonObject): boolean {
  return message["type"] === "tool_progress" &&
    HEARTBEAT_SUFFIX.test(getId(message, "tool_use_id"));
}

/** Returns the tool call that a progress message is about. */
function progressingCall(message: JsonObject): string {
  const id = getId(message, "tool_use_id");
  if (!isHeartbeat(message)) return id;
  return getPlausible(message, "parent_tool_use_id", isId) ?? id.replace(HEARTBEAT_SUFFIX, "");
}

/**
 * Reads the progress of a tool, or a failed API request of its subagent that will be retried.
 *
 * @returns undefined if one of the numbers is nonsense
 */
export function readToolProgress(
  message: JsonObject,
): EventBody<"retry" | "tool_progress"> | undefined {
  const subagentRetry = message["subagent_retry"];
  if (isJsonObject(subagentRetry)) return readRetry(subagentRetry);
  const seconds = message["elapsed_time_seconds"] ?? 0;
  if (!isDuration(seconds)) return undefined;
  return {
    type: "tool_progress",
    tool_use_id: progressingCall(message),
    name: getPlausible(message, "tool_name", isToolName) ?? "unknown",
    elapsed_ms: Math.round(seconds * 1000),
  };
}

/** Reads the state of a rate limit. */
export function readRateLimit(message: JsonObject): EventBody<"rate_limit"> {
  const info = getObject(message, "rate_limit_info");
  return omitUndefined<EventBody<"rate_limit">>({
    type: "rate_limit",
    status: getPlausible(info, "status", isWord) ?? "unknown",
    resets_at: dateOf(info["resetsAt"]),
    kind: getPlausible(info, "rateLimitType", isWord),
    utilization: getPlausible(info, "utilization", isUtilization),
  });
}

function dateOf(seconds: unknown): string | undefined {
  const ms = Number(seconds) * 1000;
  return typeof seconds === "number" && isTimestamp(ms) ? new Date(ms).toISOString() : undefined;
}
