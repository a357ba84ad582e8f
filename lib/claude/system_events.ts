/**
 * What the messages of type `system`, and the rarer types, say in ccrun's
 * vocabulary, as far as one message alone tells it. What needs memory (init,
 * refusals, tasks) is in normalizer.ts.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
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

/** Says what a message is in ccrun's vocabulary; nothing when it is noise, which is counted. */
export type MessageReader = (message: Json) => EventBody | undefined;

type Level = EventBody<"notice">["level"];

function notice(level: Level, kind: string, text: string, data: Json): EventBody<"notice"> {
  return { type: "notice", level, kind, text, data };
}

/** A reader for messages of which only their words matter. */
function words(kind: string, fallback: string, level: Level = "info"): MessageReader {
  return (message) => notice(level, kind, wordsOf(message) ?? fallback, message);
}

/** Fields in which messages keep their words, the most telling first. */
const WORDS = [
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

function wordsOf(message: Json): string | undefined {
  for (const key of WORDS) {
    const text = getNonEmptyString(message, key);
    if (text !== undefined) return text;
  }
  return undefined;
}

function levelOf(word: string | undefined): Level {
  if (word === "error" || word === "critical") return "error";
  if (word === "warning" || word === "warn" || word === "high") return "warning";
  return "info";
}

function joined(parts: readonly (string | undefined)[], separator = " "): string {
  return parts.filter((part) => part !== undefined && part !== "").join(separator);
}

function readRetry(message: Json): EventBody<"retry"> {
  const status = getNumber(message, "error_status");
  return {
    type: "retry",
    attempt: getCount(message, "attempt"),
    max_retries: getCount(message, "max_retries"),
    delay_ms: getCount(message, "retry_delay_ms"),
    ...(status !== undefined && status > 0 ? { http_status: Math.round(status) } : {}),
    reason: getNonEmptyString(message, "error") ?? getNonEmptyString(message, "error_category") ??
      "unknown",
  };
}

function readStatus(message: Json): EventBody | undefined {
  const status = getNonEmptyString(message, "status");
  const mode = getNonEmptyString(message, "permissionMode");
  if (message["compact_result"] === "failed") {
    const why = getNonEmptyString(message, "compact_error");
    const text = `the conversation could not be compacted${why === undefined ? "" : ` (${why})`}`;
    return notice("warning", "compaction", text, message);
  }
  // "requesting" comes before each request, null after what had a status ends.
  if (status === "requesting" || (status === undefined && mode === undefined)) return undefined;
  return notice("info", "status", status ?? `permission mode ${mode}`, message);
}

function readCompaction(message: Json): EventBody {
  const metadata = getObject(message, "compact_metadata");
  const before = getNumber(metadata, "pre_tokens");
  const details = joined([
    getNonEmptyString(metadata, "trigger"),
    before === undefined ? undefined : `${before} tokens before`,
  ], ", ");
  const text = `the conversation was compacted${details ? ` (${details})` : ""}`;
  return notice("info", "compaction", text, message);
}

function readHook(message: Json): EventBody {
  const name = getNonEmptyString(message, "hook_name") ??
    getNonEmptyString(message, "hook_event") ?? "hook";
  switch (getString(message, "subtype")) {
    case "hook_started":
      return notice("info", "hook", `${name} started`, message);
    case "hook_progress": {
      const said = getNonEmptyString(message, "output") ?? getNonEmptyString(message, "stdout") ??
        getNonEmptyString(message, "stderr");
      return notice("info", "hook", joined([name, said?.trim()], ": "), message);
    }
  }
  const outcome = getNonEmptyString(message, "outcome") ?? "ended";
  const code = getNumber(message, "exit_code");
  const failed = outcome !== "success" && outcome !== "ended" || (code ?? 0) !== 0;
  const said = (failed ? getNonEmptyString(message, "stderr") : undefined) ??
    getNonEmptyString(message, "stdout") ??
    getNonEmptyString(message, "output");
  const state = failed && code !== undefined ? `${outcome} (exit code ${code})` : outcome;
  return notice(
    failed ? "warning" : "info",
    "hook",
    joined([`${name}: ${state}`, said?.trim()], ": "),
    message,
  );
}

function readBackgroundTasks(message: Json): EventBody {
  const tasks = getObjects(message, "tasks");
  const names = tasks.map((task) =>
    getNonEmptyString(task, "description") ?? getNonEmptyString(task, "task_id")
  );
  const text = tasks.length === 0
    ? "no background task is running"
    : `running in the background: ${joined(names, ", ")}`;
  return notice("info", "background_tasks", text, message);
}

function readPluginInstall(message: Json): EventBody {
  const status = getNonEmptyString(message, "status");
  const error = getNonEmptyString(message, "error");
  const name = getNonEmptyString(message, "name") ?? getNonEmptyString(message, "plugin") ??
    "plugins";
  const failed = error !== undefined || status === "failed";
  return notice(
    failed ? "warning" : "info",
    "plugin",
    joined([name, status, error], ": "),
    message,
  );
}

function readFiles(message: Json): EventBody {
  const files = getObjects(message, "files").map((file) => getNonEmptyString(file, "filename"));
  const failed = getObjects(message, "failed").map((file) => getNonEmptyString(file, "filename"));
  const text = joined([
    `files kept: ${files.length ? joined(files, ", ") : files.length}`,
    failed.length ? `failed: ${joined(failed, ", ")}` : undefined,
  ], "; ");
  return notice(failed.length ? "warning" : "info", "files", text, message);
}

function readRateLimit(message: Json): EventBody {
  const info = getObject(message, "rate_limit_info");
  const resets = getNumber(info, "resetsAt");
  const kind = getNonEmptyString(info, "rateLimitType");
  const utilization = getNumber(info, "utilization");
  const resetsAt = resets === undefined ? undefined : timeOf(resets);
  return {
    type: "rate_limit",
    status: getNonEmptyString(info, "status") ?? "unknown",
    ...(resetsAt !== undefined ? { resets_at: resetsAt } : {}),
    ...(kind !== undefined ? { kind } : {}),
    ...(utilization !== undefined ? { utilization } : {}),
  };
}

/** The year 10000: RFC 3339 has four digits for the year, and a number from outside may be anything. */
const END_OF_TIME_SECONDS = 253_402_300_800;

function timeOf(seconds: number): string | undefined {
  if (seconds < 0 || seconds >= END_OF_TIME_SECONDS) return undefined;
  return new Date(seconds * 1000).toISOString();
}

function readAuthStatus(message: Json): EventBody {
  const error = getNonEmptyString(message, "error");
  const output = getStrings(message, "output").join(" ").trim();
  const text = error ?? (output || (message["isAuthenticating"] ? "logging in" : "login finished"));
  return notice(error === undefined ? "info" : "error", "auth", text, message);
}

function readControl(message: Json): EventBody {
  const response = getObject(message, "response");
  const subtype = getNonEmptyString(getObject(message, "request"), "subtype") ??
    getNonEmptyString(response, "subtype") ??
    getNonEmptyString(message, "subtype");
  const error = getNonEmptyString(response, "error");
  const text = joined([getNonEmptyString(message, "type") ?? "control", subtype, error]);
  return notice(error === undefined ? "info" : "warning", "control", text, message);
}

function readToolProgress(message: Json): EventBody {
  // How 2.1.330 says that a sub-agent's request to the API is made again.
  const retry = message["subagent_retry"];
  if (isObject(retry)) return readRetry(retry);
  return {
    type: "tool_progress",
    tool_use_id: getString(message, "tool_use_id") ?? "",
    name: getNonEmptyString(message, "tool_name") ?? "unknown",
    elapsed_ms: Math.round(
      getCount({ s: (getNumber(message, "elapsed_time_seconds") ?? 0) * 1000 }, "s"),
    ),
  };
}

/** The readers of type `system`, by subtype. */
export const SYSTEM_READERS: { readonly [subtype: string]: MessageReader } = {
  api_retry: readRetry,
  background_tasks_changed: readBackgroundTasks,
  commands_changed: words("commands", "the slash commands changed"),
  compact_boundary: readCompaction,
  control_request_progress: readControl,
  elicitation_complete: words("elicitation", "an MCP server's question was answered"),
  files_persisted: readFiles,
  hook_progress: readHook,
  hook_response: readHook,
  hook_started: readHook,
  informational: (message) =>
    notice(
      levelOf(getNonEmptyString(message, "level")),
      "informational",
      wordsOf(message) ?? "",
      message,
    ),
  local_command_output: words("local_command", "a slash command ran"),
  memory_recall: words("memory", "memories were recalled"),
  mirror_error: words("mirror", "the session could not be mirrored", "warning"),
  model_refusal_fallback: words("refusal", "the model refused; another one goes on", "warning"),
  model_refusal_no_fallback: words("refusal", "the model refused", "warning"),
  notification: (message) =>
    notice(
      levelOf(getNonEmptyString(message, "priority")),
      "notification",
      wordsOf(message) ?? "",
      message,
    ),
  plugin_install: readPluginInstall,
  session_state_changed: words("session_state", "the session's state changed"),
  session_writes_lost: words("session_writes_lost", "parts of the session were not saved", "error"),
  status: readStatus,
  // Once per thinking delta: volume without content.
  thinking_tokens: () => undefined,
  worker_shutting_down: words("worker", "the worker is shutting down"),
};

/** The readers of messages that are not `system`, by type. */
export const TYPE_READERS: { readonly [type: string]: MessageReader } = {
  auth_status: readAuthStatus,
  control_request: readControl,
  control_response: readControl,
  conversation_reset: words("conversation_reset", "the conversation was reset"),
  prompt_suggestion: words("prompt_suggestion", "a next prompt was suggested"),
  rate_limit_event: readRateLimit,
  tool_progress: readToolProgress,
  tool_use_summary: words("tool_use_summary", "tools were used"),
};
