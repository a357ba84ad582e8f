/**
 * Messages that become an event about an API request, a tool, or a rate limit.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined } from "../util/json.ts";
import {
  getCount,
  getHttpStatus,
  getNonEmptyString,
  getNumber,
  getObject,
  getString,
  toCount,
} from "./json_fields.ts";

/** Reads a failed API request that will be retried. */
export function readRetry(message: JsonObject): EventBody<"retry"> {
  return omitUndefined<EventBody<"retry">>({
    type: "retry",
    attempt: getCount(message, "attempt"),
    max_retries: getCount(message, "max_retries"),
    delay_ms: getCount(message, "retry_delay_ms"),
    http_status: getHttpStatus(message, "error_status"),
    reason: getNonEmptyString(message, "error") ?? getNonEmptyString(message, "error_category") ??
      "unknown",
  });
}

/** Ends the id of a sign of life. Its `parent_tool_use_id` is the tool call itself. */
const HEARTBEAT_SUFFIX = /-(?:heartbeat|progress)-\d+$/;

/** Returns whether a message is a sign of life of a tool call, and not of a subagent. */
export function isHeartbeat(message: JsonObject): boolean {
  return message["type"] === "tool_progress" &&
    HEARTBEAT_SUFFIX.test(getString(message, "tool_use_id") ?? "");
}

/** Returns the tool call that a progress message is about. */
function progressingCall(message: JsonObject): string {
  const id = getString(message, "tool_use_id") ?? "";
  if (!isHeartbeat(message)) return id;
  return getNonEmptyString(message, "parent_tool_use_id") ?? id.replace(HEARTBEAT_SUFFIX, "");
}

/** Reads the progress of a tool, or a failed API request of its subagent that will be retried. */
export function readToolProgress(message: JsonObject): EventBody<"retry" | "tool_progress"> {
  const subagentRetry = message["subagent_retry"];
  if (isJsonObject(subagentRetry)) return readRetry(subagentRetry);
  return {
    type: "tool_progress",
    tool_use_id: progressingCall(message),
    name: getNonEmptyString(message, "tool_name") ?? "unknown",
    elapsed_ms: toCount((getNumber(message, "elapsed_time_seconds") ?? 0) * 1000),
  };
}

/** Reads the state of a rate limit. */
export function readRateLimit(message: JsonObject): EventBody<"rate_limit"> {
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
