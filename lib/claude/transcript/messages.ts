/**
 * Turns single entries of a transcript into the messages that a stream would have.
 *
 * @module
 */

import { type JsonObject, omitUndefined } from "../../util/json.ts";
import { getNonEmptyString, getNumber, getObject, getObjects, getString } from "../json_fields.ts";
import { SYNTHETIC_MODEL } from "../synthetic_model.ts";

/** What all messages of an entry have. */
export function envelope(entry: JsonObject, parent?: string): JsonObject {
  const { uuid, timestamp } = entry;
  const session_id = entry["sessionId"];
  const parent_tool_use_id = parent ?? null;
  return omitUndefined<JsonObject>({ uuid, timestamp, session_id, parent_tool_use_id });
}

/** Returns the message of the model, without thinking that a stream does not show. */
export function assistantMessage(entry: JsonObject, parent?: string): JsonObject | undefined {
  if (parent !== undefined && entry["thinkingDisplay"] === "omitted") return undefined;
  const { message, error, local_command_outcome } = entry;
  return omitUndefined<JsonObject>({
    type: "assistant",
    message,
    error,
    local_command_outcome,
    supersedes: entry["supersedes"],
    ...envelope(entry, parent),
  });
}

/** Returns the message of a user entry: results of tools, or text. */
export function userMessage(entry: JsonObject, parent?: string): JsonObject {
  const { message, isMeta } = entry;
  return omitUndefined<JsonObject>({
    type: "user",
    message,
    isMeta,
    tool_use_result: entry["toolUseResult"],
    tool_result_meta: toolResultMeta(entry),
    ...envelope(entry, parent),
  });
}

/** Returns the decision about a call in the form that a stream has. */
function toolResultMeta(entry: JsonObject): readonly JsonObject[] | undefined {
  const decision = getObject(entry, "permissionDecision");
  const [result] = getObjects(getObject(entry, "message"), "content");
  if (result === undefined || Object.keys(decision).length === 0) return undefined;
  const { reasonType: reason_type, ...stated } = decision;
  return [{ id: result["tool_use_id"], permission_decision: { ...stated, reason_type } }];
}

/** Returns a message with a text in the place of the user. */
export function userTextMessage(entry: JsonObject, text: string, fields: JsonObject): JsonObject {
  const message = { role: "user", content: text };
  return { type: "user", message, ...fields, ...envelope(entry) };
}

/** Returns a message that Claude Code writes in the place of the model. */
export function syntheticMessage(entry: JsonObject, text: string): JsonObject {
  const message = { id: entry["uuid"], model: SYNTHETIC_MODEL, content: [{ type: "text", text }] };
  return { type: "assistant", message, ...envelope(entry) };
}

/** Kinds of system entries that only Claude Code's screen needs. */
const SILENT_KINDS: ReadonlySet<unknown> = new Set([
  "turn_duration",
  "stop_hook_summary",
  "local_command",
  "bridge_status",
]);

/** Returns the message of a system entry; undefined if it has nothing to say. */
export function systemMessage(entry: JsonObject): JsonObject | undefined {
  const subtype = entry["subtype"];
  const common = { type: "system", ...envelope(entry) };
  if (subtype === "compact_boundary") {
    const metadata = getObject(entry, "compactMetadata");
    return { ...common, subtype, compact_metadata: compactMetadata(metadata) };
  }
  if (subtype === "api_error") return { ...common, subtype: "api_retry", ...retryFields(entry) };
  if (SILENT_KINDS.has(subtype)) return undefined;
  const content = getNonEmptyString(entry, "content");
  if (content === undefined) return undefined;
  const { level } = entry;
  return omitUndefined<JsonObject>({ ...common, subtype: "informational", content, level });
}

function compactMetadata(metadata: JsonObject): JsonObject {
  return omitUndefined<JsonObject>({
    trigger: metadata["trigger"],
    pre_tokens: metadata["preTokens"],
    post_tokens: metadata["postTokens"],
    duration_ms: metadata["durationMs"],
  });
}

/** Returns what is known about a failed request that was repeated. */
function retryFields(entry: JsonObject): JsonObject {
  const error = getObject(entry, "error");
  const kind = getString(getObject(getObject(error, "error"), "error"), "type");
  return omitUndefined<JsonObject>({
    attempt: getNumber(entry, "retryAttempt"),
    max_retries: getNumber(entry, "maxRetries"),
    retry_delay_ms: getNumber(entry, "retryInMs"),
    error_status: getNumber(error, "status"),
    error: kind?.replace(/_error$/, ""),
  });
}
