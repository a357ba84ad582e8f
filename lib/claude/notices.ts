/**
 * Messages that become a `notice` event.
 *
 * @module
 */

import { joinTexts } from "../util/join_texts.ts";
import type { JsonObject } from "../util/json.ts";
import { isCount, isDuration, isExitCode } from "../util/plausible.ts";
import { formatSeconds } from "../util/units.ts";
import {
  readCodeChange,
  readGoal,
  readModelSwitch,
  readSessionMetadata,
  readVcsChange,
} from "./change_notices.ts";
import {
  getFirstText,
  getNonEmptyString,
  getObject,
  getObjects,
  getPlausible,
  getStrings,
} from "./json_fields.ts";
import {
  info,
  messageText,
  type Notice,
  type NoticeReader,
  textNotice,
  warningIf,
} from "./notice_reader.ts";
import { QUIET_NOTICE_READERS } from "./quiet_notices.ts";

/** How messages become notices, by their kind: their type, and for `system` their subtype. */
export const NOTICE_READERS: ReadonlyMap<string, NoticeReader> = new Map<string, NoticeReader>([
  ...QUIET_NOTICE_READERS,
  ["active_goal", readGoal],
  ["auth_status", readAuthStatus],
  ["control_cancel_request", readControl],
  ["control_request", readControl],
  ["control_response", readControl],
  ["conversation_reset", textNotice("conversation_reset", "the conversation was reset")],
  ["error", readError],
  ["prompt_suggestion", textNotice("prompt_suggestion", "a next prompt was suggested")],
  ["tool_use_summary", textNotice("tool_use_summary", "tools were used")],
  ["system/code_change_published", readCodeChange],
  ["system/commands_changed", textNotice("commands", "the slash commands changed")],
  ["system/compact_boundary", readCompaction],
  ["system/control_request_progress", readControl],
  [
    "system/elicitation_complete",
    textNotice("elicitation", "the question of an MCP server was answered"),
  ],
  ["system/file_attachments_missing", readMissingFiles],
  ["system/files_persisted", readFiles],
  ["system/hook_progress", readHookProgress],
  ["system/hook_response", readHookResponse],
  ["system/hook_started", readHookStart],
  ["system/informational", readInformational],
  [
    "system/instruction_size_warning",
    textNotice("instructions", "the instruction files are larger than recommended", "warning"),
  ],
  ["system/local_command_output", textNotice("local_command", "a slash command ran")],
  ["system/memory_recall", textNotice("memory", "memories were loaded")],
  ["system/mirror_error", textNotice("mirror", "cannot mirror the session", "warning")],
  ["system/model_consent_fallback", readModelSwitch],
  ["system/model_fallback", readModelSwitch],
  [
    "system/model_refusal_fallback",
    textNotice("refusal", "the model refused; another model continues", "warning"),
  ],
  ["system/model_refusal_no_fallback", textNotice("refusal", "the model refused", "warning")],
  ["system/notification", rankedNotice("notification", "priority")],
  ["system/peer_message_hold", textNotice("peer_message", "a message of another session arrived")],
  ["system/plugin_install", readPluginInstall],
  ["system/session_metadata", readSessionMetadata],
  ["system/session_state_changed", textNotice("session_state", "the state of the session changed")],
  [
    "system/session_writes_lost",
    textNotice("session_writes_lost", "parts of the session were not saved", "error"),
  ],
  ["system/status", readStatus],
  ["system/turn_preempted", textNotice("turn", "the next prompt stopped the turn")],
  ["system/ui_log", readPluginText],
  ["system/ui_notify", readPluginText],
  ["system/ui_toast", readPluginText],
  ["system/vcs_state_changed", readVcsChange],
  ["system/worker_shutting_down", textNotice("worker", "the worker is shutting down")],
]);

/** Creates a reader for messages that have a text, and a field that ranks their importance. */
function rankedNotice(kind: string, field: string): NoticeReader {
  return (message) => ({
    level: levelOf(message[field]),
    kind,
    text: messageText(message) ?? "",
  });
}

function readInformational(message: JsonObject): Notice | undefined {
  // The result repeats the reason of a hook that blocks a prompt.
  if ("prompt_submit_outcome" in message) return info("hook", messageText(message) ?? "");
  return rankedNotice("informational", "level")(message);
}

function levelOf(rank: unknown): Notice["level"] {
  if (rank === "error" || rank === "critical") return "error";
  if (rank === "warning" || rank === "warn" || rank === "high") return "warning";
  return "info";
}

/** Reads a change of the status or of the permission mode. */
function readStatus(message: JsonObject): Notice | undefined {
  const status = getNonEmptyString(message, "status");
  const mode = getNonEmptyString(message, "permissionMode");
  if (message["compact_result"] === "failed") {
    const reason = getNonEmptyString(message, "compact_error");
    const text = joinTexts(["cannot compact the conversation", reason], ": ");
    return { level: "warning", kind: "compaction", text };
  }
  // Each API request is announced by "requesting", and a status is cleared by null.
  if (status === "requesting" || status === undefined && mode === undefined) return undefined;
  return info("status", status ?? `permission mode ${mode}`);
}

function readCompaction(message: JsonObject): Notice {
  const metadata = getObject(message, "compact_metadata");
  const before = getPlausible(metadata, "pre_tokens", isCount);
  const after = getPlausible(metadata, "post_tokens", isCount);
  const duration = getPlausible(metadata, "duration_ms", isDuration);
  const details = joinTexts([
    getNonEmptyString(metadata, "trigger"),
    before === undefined ? undefined : `${before} tokens before`,
    after === undefined ? undefined : `${after} after`,
    duration === undefined ? undefined : formatSeconds(duration),
  ], ", ");
  const text = `the conversation was compacted${details === "" ? "" : ` (${details})`}`;
  return info("compaction", text);
}

function hookName(message: JsonObject): string {
  return getFirstText(message, ["hook_name", "hook_event"]) ?? "hook";
}

function readHookStart(message: JsonObject): Notice {
  return info("hook", `${hookName(message)} started`);
}

function readHookProgress(message: JsonObject): Notice {
  const output = getFirstText(message, ["output", "stdout", "stderr"])?.trim();
  return info("hook", joinTexts([hookName(message), output], ": "));
}

function readHookResponse(message: JsonObject): Notice {
  const outcome = getNonEmptyString(message, "outcome") ?? "ended";
  const code = getPlausible(message, "exit_code", isExitCode) ?? 0;
  const hasFailed = outcome !== "success" && outcome !== "ended" || code !== 0;
  const fields = hasFailed ? ["stderr", "stdout", "output"] : ["stdout", "output"];
  const state = code === 0 ? outcome : `${outcome} (exit code ${code})`;
  const text = joinTexts([hookName(message), state, getFirstText(message, fields)?.trim()], ": ");
  return { level: warningIf(hasFailed), kind: "hook", text };
}

/** Reads the list of the background tasks. */
export function readBackgroundTasks(message: JsonObject): Notice {
  const names = getObjects(message, "tasks").map((task) =>
    getFirstText(task, ["description", "task_id"])
  );
  const text = names.length === 0
    ? "no background task is running"
    : `running in the background: ${joinTexts(names, ", ")}`;
  return info("background_tasks", text);
}

function readPluginInstall(message: JsonObject): Notice {
  const status = getNonEmptyString(message, "status");
  const error = getNonEmptyString(message, "error");
  const name = getFirstText(message, ["name", "plugin"]) ?? "plugins";
  const hasFailed = error !== undefined || status === "failed";
  const text = joinTexts([name, status, error], ": ");
  return { level: warningIf(hasFailed), kind: "plugin", text };
}

/** Reads a text that a plugin shows to the user. */
function readPluginText(message: JsonObject): Notice {
  const fields = ["plugin", "title", "text"].map((field) => getNonEmptyString(message, field));
  return info("plugin", joinTexts([...new Set(fields)], ": "));
}

function readMissingFiles(message: JsonObject): Notice {
  const reasons = getObjects(message, "missing").map((file) => getNonEmptyString(file, "reason"));
  const causes = joinTexts([...new Set(reasons)], ", ");
  const text = joinTexts(["attached files did not arrive", causes], ": ");
  return { level: "warning", kind: "files", text };
}

function readFiles(message: JsonObject): Notice {
  const namesIn = (field: string) =>
    getObjects(message, field).map((file) => getNonEmptyString(file, "filename"));
  const [saved, failed] = [namesIn("files"), namesIn("failed")];
  const text = joinTexts([
    `files saved: ${saved.length === 0 ? "none" : joinTexts(saved, ", ")}`,
    failed.length === 0 ? undefined : `failed: ${joinTexts(failed, ", ")}`,
  ], "; ");
  return { level: warningIf(failed.length > 0), kind: "files", text };
}

function readAuthStatus(message: JsonObject): Notice {
  const error = getNonEmptyString(message, "error");
  const output = getStrings(message, "output").join(" ").trim();
  const state = message["isAuthenticating"] === true ? "logging in" : "login finished";
  return error === undefined
    ? info("auth", output || state)
    : { level: "error", kind: "auth", text: error };
}

/** Reads an error of the API that arrives in place of an assistant message. */
function readError(message: JsonObject): Notice {
  const error = getObject(message, "error");
  const text = getFirstText(error, ["message", "type"]) ?? messageText(message);
  return { level: "error", kind: "error", text: text ?? "claude reported an error" };
}

/** Reads a control request or the response to one. */
function readControl(message: JsonObject): Notice {
  const response = getObject(message, "response");
  const subtype = getNonEmptyString(getObject(message, "request"), "subtype") ??
    getNonEmptyString(response, "subtype") ??
    getNonEmptyString(message, "subtype");
  const error = getNonEmptyString(response, "error");
  const text = joinTexts([getNonEmptyString(message, "type"), subtype, error], " ");
  return { level: warningIf(error !== undefined), kind: "control", text };
}
