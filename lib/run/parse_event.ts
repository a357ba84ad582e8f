import { DENIAL_CAUSES, EVENT_TYPES, NO_USAGE, type RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import {
  isAbsolutePath,
  isCost,
  isCount,
  isDuration,
  isExitCode,
  isHttpStatus,
  isId,
  isName,
  isPlausibleSessionId,
  isSignal,
  isTime,
  isToolName,
  isUtilization,
  isWebUrl,
  isWord,
} from "../util/plausible.ts";

/** Returns whether a value is plausible in a field. */
type FieldCheck = (value: unknown) => boolean;

/** Fields of an event and their checks. */
type Fields = { readonly [name: string]: FieldCheck };

/** The fields of some types of events. */
type FieldsByType = { readonly [T in RunEvent["type"]]?: Fields };

const BLOCK: Fields = { text: isText, message_id: isIdOrEmpty };

/** The fields that each type must have, so that everything that reads events can rely on them. */
const REQUIRED: FieldsByType = {
  start: { schema: isName, ccrun: isName },
  text: BLOCK,
  thinking: BLOCK,
  text_delta: BLOCK,
  thinking_delta: BLOCK,
  user_text: { text: isText, kind: isWord },
  tool_use: { id: isIdOrEmpty, name: isToolName, input: isJsonObject },
  tool_progress: { tool_use_id: isIdOrEmpty, name: isToolName, elapsed_ms: isCount },
  tool_result: { tool_use_id: isIdOrEmpty, name: isToolName, text: isText },
  task: { task_id: isIdOrEmpty, status: isWord },
  retry: { reason: isWord, attempt: isCount, max_retries: isCount, delay_ms: isCount },
  rate_limit: { status: isWord },
  waiting: { reason: isWord, message: isText, until: isTime },
  usage: { message_id: isIdOrEmpty, usage: isUsage },
  permission_denied: { tool_use_id: isIdOrEmpty, name: isToolName },
  notice: { level: isNoticeLevel, kind: isWord, text: isText },
  result: { subtype: isWord, text: isText, denials: isDenialList, errors: isTextList },
  raw: { content: isText },
  unknown: { event: isJsonObject },
  error: { error: isFailure },
  exit: { reason: isOutcome },
};

/** The fields that may be absent. */
const OPTIONAL: FieldsByType = {
  start: { resume: isResumable },
  session_info: {
    session_id: isPlausibleSessionId,
    model: isName,
    cwd: isAbsolutePath,
    permission_mode: isWord,
    tools: isToolList,
    mcp_servers: isServerList,
    claude_version: isName,
  },
  text: { index: isCount, synthetic: isBoolean, continues: isBoolean },
  thinking: { index: isCount },
  text_delta: { index: isCount },
  thinking_delta: { index: isCount },
  tool_result: {
    is_error: isBoolean,
    content: Array.isArray,
    diff: isText,
    interrupted: isBoolean,
  },
  task: {
    tool_use_id: isId,
    description: isText,
    summary: isText,
    usage: isAmountMap,
    ambient: isBoolean,
  },
  retry: { http_status: isHttpStatus, address: isName, proxy: isName },
  rate_limit: { resets_at: isTime, kind: isWord, utilization: isUtilization },
  waiting: { resets_at: isTime, attempt: isCount, max_attempts: isCount },
  permission_denied: { reason: isText, cause: isDenialCause },
  usage: { model: isName },
  notice: {
    retracts: isIdList,
    url: isWebUrl,
    data: isJsonObject,
    workspace_settings: isSettingsList,
  },
  result: {
    ok: isBoolean,
    answer: isText,
    session_id: isPlausibleSessionId,
    origin: isWord,
    models: isModelMap,
    stop_reason: isWord,
    terminal_reason: isWord,
    deferred_tool_use: isJsonObject,
    http_status: isHttpStatus,
    api_error: isWord,
    truncated: isBoolean,
  },
  raw: { truncated: isBoolean },
  exit: {
    session_id: isPlausibleSessionId,
    resets_at: isTime,
    models: isModelMap,
    resume: isText,
    signal: isSignal,
    claude_exit_code: isExitCode,
    claude_signal: isSignal,
    stderr: isText,
  },
};

/** The fields that are null if they are not known. */
const NULLABLE: FieldsByType = {
  start: { time: isTime, claude: isProgram, cwd: isAbsolutePath },
  tool_result: { duration_ms: isCount },
  result: {
    turns: isCount,
    duration_ms: isCount,
    api_duration_ms: isCount,
    cost_usd: isCost,
    usage: isUsage,
  },
  exit: { turns: isCount, cost_usd: isCost, usage: isUsage, duration_ms: isCount },
};

/**
 * Returns the event of a JSON object, or undefined if it lacks what readers of events rely on. Optional
 * fields that are not plausible are removed.
 */
export function parseEvent(value: JsonObject): RunEvent | undefined {
  const type = EVENT_TYPES.find((name) => name === value["type"]);
  if (type === undefined || !hasFields(value, REQUIRED[type])) return undefined;
  // A filter may have removed the number and the time.
  const event: { [name: string]: unknown } = { seq: 0, time_ms: null, ...value };
  for (const [name, isValid] of Object.entries({ parent_tool_use_id: isId, ...OPTIONAL[type] })) {
    if (!isValid(event[name])) delete event[name];
  }
  for (const [name, isValid] of Object.entries({ time_ms: isDuration, ...NULLABLE[type] })) {
    if (!isValid(event[name])) event[name] = null;
  }
  return event as unknown as RunEvent;
}

function hasFields(value: unknown, fields: Fields = {}): boolean {
  return isJsonObject(value) &&
    Object.entries(fields).every(([name, isValid]) => isValid(value[name]));
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** Returns whether a value is an id. A message without one has an empty one. */
function isIdOrEmpty(value: unknown): boolean {
  return value === "" || isId(value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

/** Returns whether a value is absent, or passes a check. */
function optional(isValid: FieldCheck): FieldCheck {
  return (value) => value === undefined || isValid(value);
}

function isSettingsList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((item) => isJsonObject(item) && isText(item["file"]) && isTextList(item["names"]));
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isIdList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isId);
}

/** Returns whether a value is the id of a session, or the path of its file. */
function isResumable(value: unknown): boolean {
  return isPlausibleSessionId(value) || isAbsolutePath(value);
}

function isAmountMap(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).every(isWord) &&
    Object.values(value).every(isDuration);
}

function isToolList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isToolName);
}

function isDenialList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((denial) => hasFields(denial, { tool_use_id: isIdOrEmpty, name: isToolName }));
}

function isProgram(value: unknown): boolean {
  return hasFields(value, { path: isText, version: optional(isName) });
}

function isNoticeLevel(value: unknown): boolean {
  return value === "info" || value === "warning" || value === "error";
}

function isDenialCause(value: unknown): boolean {
  return DENIAL_CAUSES.some((cause) => cause === value);
}

function isExitReason(value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(EXIT_CODES, value);
}

/** Returns whether a value is the reason of an `exit`, or null because it is not known. */
function isOutcome(value: unknown): boolean {
  return value === null || isExitReason(value);
}

function isServerList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((server) => hasFields(server, { name: isName, status: isWord }));
}

function isUsage(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(NO_USAGE).every((name) => isCount(value[name]));
}

function isModelMap(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).every(isName) &&
    Object.values(value).every((usage) =>
      isUsage(usage) && hasFields(usage, { cost_usd: (cost) => cost === null || isCost(cost) })
    );
}

function isFailure(value: unknown): boolean {
  return hasFields(value, {
    kind: isExitReason,
    message: isText,
    hint: optional(isText),
    resets_at: optional(isTime),
  });
}
