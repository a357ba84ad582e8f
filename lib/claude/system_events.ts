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
  getObjects,
  getString,
  getStrings,
  toCount,
} from "./json_fields.ts";
import type { StandaloneMessage } from "./messages.ts";

/** Returns the event of a message; undefined if the message has no content. */
type MessageReader = (message: JsonObject) => EventBody | undefined;

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

type Level = EventBody<"notice">["level"];

function notice(level: Level, kind: string, text: string, data: JsonObject): EventBody<"notice"> {
  return { type: "notice", level, kind, text, data };
}

/** Creates a reader for messages that only have a text. */
function textNotice(kind: string, defaultText: string, level: Level = "info"): MessageReader {
  return (message) => notice(level, kind, textOf(message) ?? defaultText, message);
}

/** Creates a reader for messages that have a text, and a field that ranks their importance. */
function rankedNotice(kind: string, field: string): MessageReader {
  return (message) => notice(levelOf(message[field]), kind, textOf(message) ?? "", message);
}

function levelOf(rank: unknown): Level {
  if (rank === "error" || rank === "critical") return "error";
  if (rank === "warning" || rank === "warn" || rank === "high") return "warning";
  return "info";
}

/** The fields that can have the text of a message, the most specific first. */
const TEXT_FIELDS = [
  "content",
  "text",
  "message",
  "summary",
  "suggestion",
  "error",
  "reason",
  "status",
  "state",
];

function textOf(message: JsonObject): string | undefined {
  return TEXT_FIELDS.map((field) => getNonEmptyString(message, field))
    .find((text) => text !== undefined);
}

/** Joins the parts that are there. */
function join(parts: readonly (string | undefined)[], separator: string): string {
  return parts.filter((part) => part !== undefined && part !== "").join(separator);
}

function readStatus(message: JsonObject): EventBody | undefined {
  const status = getNonEmptyString(message, "status");
  const mode = getNonEmptyString(message, "permissionMode");
  if (message["compact_result"] === "failed") {
    const reason = getNonEmptyString(message, "compact_error");
    const text = join(["cannot compact the conversation", reason], ": ");
    return notice("warning", "compaction", text, message);
  }
  // Each API request is announced by "requesting", and a status is cleared by null.
  if (status === "requesting" || status === undefined && mode === undefined) return undefined;
  return notice("info", "status", status ?? `permission mode ${mode}`, message);
}

function readCompaction(message: JsonObject): EventBody {
  const metadata = getObject(message, "compact_metadata");
  const tokens = getNumber(metadata, "pre_tokens");
  const details = join([
    getNonEmptyString(metadata, "trigger"),
    tokens === undefined ? undefined : `${tokens} tokens before`,
  ], ", ");
  const text = `the conversation was compacted${details === "" ? "" : ` (${details})`}`;
  return notice("info", "compaction", text, message);
}

function hookName(message: JsonObject): string {
  return getNonEmptyString(message, "hook_name") ?? getNonEmptyString(message, "hook_event") ??
    "hook";
}

/** Returns the first output of a hook that is not empty. */
function hookOutput(message: JsonObject, fields: readonly string[]): string | undefined {
  return fields.map((field) => getNonEmptyString(message, field))
    .find((output) => output !== undefined)?.trim();
}

function readHookStart(message: JsonObject): EventBody {
  return notice("info", "hook", `${hookName(message)} started`, message);
}

function readHookProgress(message: JsonObject): EventBody {
  const output = hookOutput(message, ["output", "stdout", "stderr"]);
  return notice("info", "hook", join([hookName(message), output], ": "), message);
}

function readHookResponse(message: JsonObject): EventBody {
  const outcome = getNonEmptyString(message, "outcome") ?? "ended";
  const code = getNumber(message, "exit_code") ?? 0;
  const hasFailed = outcome !== "success" && outcome !== "ended" || code !== 0;
  const output = hookOutput(
    message,
    hasFailed ? ["stderr", "stdout", "output"] : [
      "stdout",
      "output",
    ],
  );
  const state = code === 0 ? outcome : `${outcome} (exit code ${code})`;
  const text = join([hookName(message), state, output], ": ");
  return notice(hasFailed ? "warning" : "info", "hook", text, message);
}

function readBackgroundTasks(message: JsonObject): EventBody {
  const names = getObjects(message, "tasks").map((task) =>
    getNonEmptyString(task, "description") ?? getNonEmptyString(task, "task_id")
  );
  const text = names.length === 0
    ? "no background task is running"
    : `running in the background: ${join(names, ", ")}`;
  return notice("info", "background_tasks", text, message);
}

function readPluginInstall(message: JsonObject): EventBody {
  const status = getNonEmptyString(message, "status");
  const error = getNonEmptyString(message, "error");
  const name = getNonEmptyString(message, "name") ?? getNonEmptyString(message, "plugin") ??
    "plugins";
  const level = error !== undefined || status === "failed" ? "warning" : "info";
  return notice(level, "plugin", join([name, status, error], ": "), message);
}

function readFiles(message: JsonObject): EventBody {
  const namesIn = (field: string) =>
    getObjects(message, field).map((file) => getNonEmptyString(file, "filename"));
  const [saved, failed] = [namesIn("files"), namesIn("failed")];
  const text = join([
    `files saved: ${saved.length === 0 ? "none" : join(saved, ", ")}`,
    failed.length === 0 ? undefined : `failed: ${join(failed, ", ")}`,
  ], "; ");
  return notice(failed.length === 0 ? "info" : "warning", "files", text, message);
}

function readAuthStatus(message: JsonObject): EventBody {
  const error = getNonEmptyString(message, "error");
  const output = getStrings(message, "output").join(" ").trim();
  const state = message["isAuthenticating"] === true ? "logging in" : "login finished";
  return notice(
    error === undefined ? "info" : "error",
    "auth",
    error ?? (output || state),
    message,
  );
}

function readControl(message: JsonObject): EventBody {
  const response = getObject(message, "response");
  const subtype = getNonEmptyString(getObject(message, "request"), "subtype") ??
    getNonEmptyString(response, "subtype") ??
    getNonEmptyString(message, "subtype");
  const error = getNonEmptyString(response, "error");
  const text = join([getNonEmptyString(message, "type"), subtype, error], " ");
  return notice(error === undefined ? "info" : "warning", "control", text, message);
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
