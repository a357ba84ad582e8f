import type { EventBody, ModelUsage, Usage } from "../events.ts";
import {
  getCount,
  getNonEmptyString,
  getNumber,
  getObject,
  getObjects,
  getString,
  getStrings,
  isObject,
  type Json,
} from "./json_fields.ts";

/** Reads a `usage` of the Messages API. */
export function readUsage(usage: Json): Usage {
  return {
    input: getCount(usage, "input_tokens"),
    output: getCount(usage, "output_tokens"),
    cache_read: getCount(usage, "cache_read_input_tokens"),
    cache_write: getCount(usage, "cache_creation_input_tokens"),
  };
}

function readModels(models: Json): { [model: string]: ModelUsage } {
  return Object.fromEntries(
    Object.entries(models).filter(([, usage]) => isObject(usage)).map(([model]) => {
      const usage = getObject(models, model);
      return [model, {
        input: getCount(usage, "inputTokens"),
        output: getCount(usage, "outputTokens"),
        cache_read: getCount(usage, "cacheReadInputTokens"),
        cache_write: getCount(usage, "cacheCreationInputTokens"),
        cost_usd: getNumber(usage, "costUSD") ?? 0,
      }];
    }),
  );
}

/** What Claude Code writes before the HTTP status when it gives an API's failure as text. */
const API_ERROR = /^API Error: (\d{3})\b/;

/** How an "error" begins that is a note of Claude Code's developers to themselves: noise. */
const DIAGNOSTIC = "[ede_diagnostic]";

/** The HTTP status of the API's failure that a result reports. */
function readHttpStatus(message: Json, text: string, isError: boolean): number | undefined {
  const status = getNumber(message, "api_error_status");
  if (status !== undefined && status > 0) return Math.round(status);
  const inText = isError ? API_ERROR.exec(text)?.[1] : undefined;
  return inText === undefined ? undefined : Number(inText);
}

/**
 * Reads a message of type `result`.
 *
 * @param apiError the last name of an API failure that the stream gave
 */
export function readResult(
  message: Json,
  apiError: string | undefined,
): EventBody<"result"> {
  const isError = message["is_error"] === true;
  const subtype = getNonEmptyString(message, "subtype") ?? "unknown";
  const text = getString(message, "result") ?? "";
  const sessionId = getNonEmptyString(message, "session_id");
  const models = readModels(getObject(message, "modelUsage"));
  const terminalReason = getNonEmptyString(message, "terminal_reason");
  const structured = message["structured_output"];
  const httpStatus = readHttpStatus(message, text, isError);
  return {
    type: "result",
    // What says neither that it is no error nor what came of it is not claude's.
    ok: subtype === "success" && !isError && (message["is_error"] === false || text !== ""),
    subtype,
    text,
    ...(structured !== undefined && structured !== null ? { structured_output: structured } : {}),
    ...(sessionId !== undefined ? { session_id: sessionId } : {}),
    turns: getCount(message, "num_turns"),
    duration_ms: getCount(message, "duration_ms"),
    api_duration_ms: getCount(message, "duration_api_ms"),
    cost_usd: getNumber(message, "total_cost_usd") ?? getNumber(message, "cost_usd") ?? 0,
    usage: readUsage(getObject(message, "usage")),
    ...(Object.keys(models).length > 0 ? { models } : {}),
    denials: getObjects(message, "permission_denials").map((denial) => ({
      tool_use_id: getString(denial, "tool_use_id") ?? "",
      name: getNonEmptyString(denial, "tool_name") ?? "unknown",
    })),
    errors: getStrings(message, "errors").filter((error) => !error.startsWith(DIAGNOSTIC)),
    ...(terminalReason !== undefined ? { terminal_reason: terminalReason } : {}),
    ...(httpStatus !== undefined && isError ? { http_status: httpStatus } : {}),
    ...(apiError !== undefined && isError ? { api_error: apiError } : {}),
  };
}
