import { DENIAL_CAUSES, EVENT_TYPES, NO_USAGE, type RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";

/** Returns whether a value has the type of a field. */
type TypeCheck = (value: unknown) => boolean;

/** Fields of an event and their types. */
type Fields = { readonly [name: string]: TypeCheck };

/** The fields of some types of events. */
type FieldsByType = { readonly [T in RunEvent["type"]]?: Fields };

const BLOCK: Fields = { text: isText, message_id: isText };

/** The fields that each type must have, so that everything that reads events can rely on them. */
const REQUIRED: FieldsByType = {
  start: { schema: isText, ccrun: isText },
  text: BLOCK,
  thinking: BLOCK,
  text_delta: BLOCK,
  thinking_delta: BLOCK,
  user_text: { text: isText, kind: isText },
  tool_use: { id: isText, name: isText, input: isJsonObject },
  tool_progress: { tool_use_id: isText, name: isText, elapsed_ms: isNumber },
  tool_result: { tool_use_id: isText, name: isText, text: isText },
  task: { task_id: isText, status: isText },
  retry: { reason: isText, attempt: isNumber, max_retries: isNumber, delay_ms: isNumber },
  rate_limit: { status: isText },
  usage: { message_id: isText, usage: isUsage },
  permission_denied: { tool_use_id: isText, name: isText },
  notice: { level: isNoticeLevel, kind: isText, text: isText },
  result: {
    subtype: isText,
    text: isText,
    denials: Array.isArray,
    errors: isTextList,
  },
  raw: { content: isText },
  unknown: { event: isJsonObject },
  error: { error: isFailure },
  exit: { reason: isExitReason },
};

/** The fields that may be absent. */
const OPTIONAL: FieldsByType = {
  start: { resume: isText },
  session_info: {
    session_id: isText,
    model: isText,
    cwd: isText,
    permission_mode: isText,
    tools: isTextList,
    mcp_servers: isServerList,
    claude_version: isText,
  },
  tool_result: { content: Array.isArray, diff: isText },
  task: { tool_use_id: isText, description: isText, summary: isText },
  retry: { http_status: isNumber, address: isText, proxy: isText },
  rate_limit: { resets_at: isText, kind: isText, utilization: isNumber },
  permission_denied: { reason: isText, cause: isDenialCause },
  usage: { model: isText },
  notice: { retracts: isTextList, url: isText, workspace_settings: isSettingsList },
  result: {
    answer: isText,
    session_id: isText,
    origin: isText,
    models: isModelMap,
    stop_reason: isText,
    terminal_reason: isText,
    deferred_tool_use: isJsonObject,
    http_status: isNumber,
    api_error: isText,
    truncated: isBoolean,
  },
  exit: {
    session_id: isText,
    resets_at: isText,
    models: isModelMap,
    resume: isPlainCommand,
    signal: isText,
    claude_exit_code: isNumber,
    claude_signal: isText,
    stderr: isText,
  },
};

/** The fields that are null if they are not known. */
const NULLABLE: FieldsByType = {
  start: { time: isText, claude: isJsonObject, cwd: isText },
  tool_result: { duration_ms: isNumber },
  result: {
    turns: isNumber,
    duration_ms: isNumber,
    api_duration_ms: isNumber,
    cost_usd: isNumber,
    usage: isUsage,
  },
  exit: { turns: isNumber, cost_usd: isNumber, usage: isUsage, duration_ms: isNumber },
};

/**
 * Returns the event of a JSON object, or undefined if it lacks what readers of events rely on. Optional
 * fields of another type are removed.
 */
export function parseEvent(value: JsonObject): RunEvent | undefined {
  const type = EVENT_TYPES.find((name) => name === value["type"]);
  if (type === undefined || !hasFields(value, REQUIRED[type])) return undefined;
  // A filter may have removed the number and the time.
  const event: { [name: string]: unknown } = { seq: 0, time_ms: null, ...value };
  for (const [name, isValid] of Object.entries({ parent_tool_use_id: isText, ...OPTIONAL[type] })) {
    if (!isValid(event[name])) delete event[name];
  }
  for (const [name, isValid] of Object.entries(NULLABLE[type] ?? {})) {
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

/** Returns whether a value is a command of plain and quoted words, which is safe to paste. */
function isPlainCommand(value: unknown): boolean {
  return typeof value === "string" &&
    /^ccrun(?: (?:[\w@%+=:,./-]+|'[^'\n]*'(?:\\''[^'\n]*')*))+$/.test(value);
}

/** Returns whether a value is a count or an amount, which is never negative. */
function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isSettingsList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((item) => isJsonObject(item) && isText(item["file"]) && isTextList(item["names"]));
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
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

function isServerList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((server) => hasFields(server, { name: isText, status: isText }));
}

function isUsage(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(NO_USAGE).every((name) => isNumber(value[name]));
}

function isModelMap(value: unknown): boolean {
  return isJsonObject(value) &&
    Object.values(value).every((usage) =>
      isUsage(usage) && hasFields(usage, { cost_usd: (cost) => cost === null || isNumber(cost) })
    );
}

function isFailure(value: unknown): boolean {
  return hasFields(value, { kind: isExitReason, message: isText }) &&
    hasFields(value, { hint: isOptionalText, resets_at: isOptionalText });
}
