/**
 * Messages that become a `notice` event, which contains the whole message as data.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { getNonEmptyString, getNumber, getObject, getObjects, getStrings } from "./json_fields.ts";

/** Returns the event of a message; undefined if the message has no content. */
export type MessageReader = (message: JsonObject) => EventBody | undefined;

type Level = EventBody<"notice">["level"];

function notice(level: Level, kind: string, text: string, data: JsonObject): EventBody<"notice"> {
  return { type: "notice", level, kind, text, data };
}

/** Creates a reader for messages that only have a text. */
export function textNotice(
  kind: string,
  defaultText: string,
  level: Level = "info",
): MessageReader {
  return (message) => notice(level, kind, textOf(message) ?? defaultText, message);
}

/** Creates a reader for messages that have a text, and a field that ranks their importance. */
export function rankedNotice(kind: string, field: string): MessageReader {
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

/** Reads a change of the status or of the permission mode. */
export function readStatus(message: JsonObject): EventBody | undefined {
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

/** Reads that the conversation was compacted. */
export function readCompaction(message: JsonObject): EventBody {
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

/** Reads that a hook started. */
export function readHookStart(message: JsonObject): EventBody {
  return notice("info", "hook", `${hookName(message)} started`, message);
}

/** Reads the output of a hook that is running. */
export function readHookProgress(message: JsonObject): EventBody {
  const output = hookOutput(message, ["output", "stdout", "stderr"]);
  return notice("info", "hook", join([hookName(message), output], ": "), message);
}

/** Reads the outcome of a hook. */
export function readHookResponse(message: JsonObject): EventBody {
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

/** Reads which background tasks are running. */
export function readBackgroundTasks(message: JsonObject): EventBody {
  const names = getObjects(message, "tasks").map((task) =>
    getNonEmptyString(task, "description") ?? getNonEmptyString(task, "task_id")
  );
  const text = names.length === 0
    ? "no background task is running"
    : `running in the background: ${join(names, ", ")}`;
  return notice("info", "background_tasks", text, message);
}

/** Reads the progress of the installation of a plugin. */
export function readPluginInstall(message: JsonObject): EventBody {
  const status = getNonEmptyString(message, "status");
  const error = getNonEmptyString(message, "error");
  const name = getNonEmptyString(message, "name") ?? getNonEmptyString(message, "plugin") ??
    "plugins";
  const level = error !== undefined || status === "failed" ? "warning" : "info";
  return notice(level, "plugin", join([name, status, error], ": "), message);
}

/** Reads which files were saved. */
export function readFiles(message: JsonObject): EventBody {
  const namesIn = (field: string) =>
    getObjects(message, field).map((file) => getNonEmptyString(file, "filename"));
  const [saved, failed] = [namesIn("files"), namesIn("failed")];
  const text = join([
    `files saved: ${saved.length === 0 ? "none" : join(saved, ", ")}`,
    failed.length === 0 ? undefined : `failed: ${join(failed, ", ")}`,
  ], "; ");
  return notice(failed.length === 0 ? "info" : "warning", "files", text, message);
}

/** Reads the progress of a login. */
export function readAuthStatus(message: JsonObject): EventBody {
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

/** Reads a control request or the response to one. */
export function readControl(message: JsonObject): EventBody {
  const response = getObject(message, "response");
  const subtype = getNonEmptyString(getObject(message, "request"), "subtype") ??
    getNonEmptyString(response, "subtype") ??
    getNonEmptyString(message, "subtype");
  const error = getNonEmptyString(response, "error");
  const text = join([getNonEmptyString(message, "type"), subtype, error], " ");
  return notice(error === undefined ? "info" : "warning", "control", text, message);
}
