import type { EventBody, ModelUsage, Usage } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined } from "../util/json.ts";
import {
  getCount,
  getHttpStatus,
  getNonEmptyString,
  getNumber,
  getObject,
  getObjects,
  getString,
  getStrings,
} from "./json_fields.ts";

/** Reads the `usage` of the Messages API. */
export function readUsage(usage: JsonObject): Usage {
  return {
    input: getCount(usage, "input_tokens"),
    output: getCount(usage, "output_tokens"),
    cache_read: getCount(usage, "cache_read_input_tokens"),
    cache_write: getCount(usage, "cache_creation_input_tokens"),
  };
}

/** Reads a message of type `result`. */
export function readResult(json: JsonObject): EventBody<"result"> {
  const isError = json["is_error"] === true;
  const subtype = getNonEmptyString(json, "subtype") ?? "unknown";
  const text = getString(json, "result") ?? "";
  // An object with neither an error flag nor a text was not written by Claude Code.
  const isComplete = json["is_error"] === false || text !== "";
  return omitUndefined<EventBody<"result">>({
    type: "result",
    ok: subtype === "success" && !isError && isComplete,
    subtype,
    text,
    structured_output: json["structured_output"] ?? undefined,
    session_id: getNonEmptyString(json, "session_id"),
    turns: getCount(json, "num_turns"),
    duration_ms: getCount(json, "duration_ms"),
    api_duration_ms: getCount(json, "duration_api_ms"),
    cost_usd: getNumber(json, "total_cost_usd") ?? getNumber(json, "cost_usd") ?? 0,
    usage: readUsage(getObject(json, "usage")),
    models: readModels(getObject(json, "modelUsage")),
    denials: getObjects(json, "permission_denials").map((denial) => ({
      tool_use_id: getString(denial, "tool_use_id") ?? "",
      name: getNonEmptyString(denial, "tool_name") ?? "unknown",
    })),
    errors: getStrings(json, "errors").filter((error) => !error.startsWith(DIAGNOSTIC_PREFIX)),
    terminal_reason: getNonEmptyString(json, "terminal_reason"),
    http_status: isError ? readHttpStatus(json, text) : undefined,
  });
}

/** Marks "errors" that Claude Code writes for its own developers. */
const DIAGNOSTIC_PREFIX = "[ede_diagnostic]";

function readModels(models: JsonObject): { [model: string]: ModelUsage } | undefined {
  const entries = Object.entries(models).flatMap(([model, usage]) =>
    isJsonObject(usage) ? [[model, readModelUsage(usage)] as const] : []
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function readModelUsage(usage: JsonObject): ModelUsage {
  return {
    input: getCount(usage, "inputTokens"),
    output: getCount(usage, "outputTokens"),
    cache_read: getCount(usage, "cacheReadInputTokens"),
    cache_write: getCount(usage, "cacheCreationInputTokens"),
    cost_usd: getNumber(usage, "costUSD") ?? 0,
  };
}

const API_ERROR = /^API Error: (\d{3})\b/;

/** Reads the HTTP status of an API error; old versions have it in the text only. */
function readHttpStatus(json: JsonObject, text: string): number | undefined {
  const status = getHttpStatus(json, "api_error_status");
  if (status !== undefined) return status;
  const match = API_ERROR.exec(text);
  return match === null ? undefined : Number(match[1]);
}
