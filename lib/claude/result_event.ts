import type { EventBody } from "../events.ts";
import { isJsonObject, type JsonObject, omitUndefined } from "../util/json.ts";
import { isHttpStatus, isPlausibleSessionId, isToolName, isWord } from "../util/plausible.ts";
import { hideConfigContent } from "./config_error.ts";
import {
  getCountOrNull,
  getHttpStatus,
  getId,
  getObjects,
  getPlausible,
  getString,
  getStrings,
} from "./json_fields.ts";

/**
 * Reads a message of type `result`, without its cost and tokens, which depend on earlier results.
 *
 * `ok` is what Claude Code claims: neither an error nor empty-handed.
 */
export function readResult(json: JsonObject): EventBody<"result"> {
  const isError = json["is_error"] === true;
  const subtype = getPlausible(json, "subtype", isWord);
  const text = getString(json, "result");
  const output = json["structured_output"] ?? undefined;
  const errors = getStrings(json, "errors").filter((error) => !error.startsWith(DIAGNOSTIC_PREFIX))
    .map(hideConfigContent);
  // A result with neither a subtype nor an error flag counts by what it has.
  const hasContent = text !== undefined || output !== undefined;
  const isClaimed = subtype === "success" ||
    !json["subtype"] && errors.length === 0 && (hasContent || json["is_error"] === false);
  return omitUndefined<EventBody<"result">>({
    type: "result",
    ok: isClaimed && !isError,
    subtype: subtype ?? "unknown",
    text: isError ? hideConfigContent(text ?? "") : text ?? "",
    structured_output: output,
    session_id: getPlausible(json, "session_id", isPlausibleSessionId),
    origin: readOrigin(json),
    turns: getCountOrNull(json, "num_turns"),
    duration_ms: getCountOrNull(json, "duration_ms"),
    api_duration_ms: getCountOrNull(json, "duration_api_ms"),
    cost_usd: null,
    usage: null,
    denials: getObjects(json, "permission_denials").map((denial) => ({
      tool_use_id: getId(denial, "tool_use_id"),
      name: getPlausible(denial, "tool_name", isToolName) ?? "unknown",
    })),
    errors,
    stop_reason: getPlausible(json, "stop_reason", isWord),
    terminal_reason: getPlausible(json, "terminal_reason", isWord),
    deferred_tool_use: isJsonObject(json["deferred_tool_use"])
      ? json["deferred_tool_use"]
      : undefined,
    http_status: isError ? readHttpStatus(json, text ?? "") : undefined,
  });
}

/** Marks "errors" that Claude Code writes for its own developers. */
const DIAGNOSTIC_PREFIX = "[ede_diagnostic]";

/** Returns what started the turn of a result, if it was not a prompt. */
function readOrigin(json: JsonObject): string | undefined {
  if (!isJsonObject(json["origin"])) return undefined;
  const kind = getPlausible(json["origin"], "kind", isWord) ?? "unknown";
  return kind === "human" ? undefined : kind;
}

const API_ERROR = /^API Error: (\d{3})\b/;

/** Reads the HTTP status of an API error; old versions have it in the text only. */
function readHttpStatus(json: JsonObject, text: string): number | undefined {
  const status = getHttpStatus(json, "api_error_status");
  if (status !== undefined) return status;
  const stated = Number(API_ERROR.exec(text)?.[1]);
  return isHttpStatus(stated) ? stated : undefined;
}
