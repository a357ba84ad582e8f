/**
 * The entries of a transcript: the file in which Claude Code stores a session. They are the messages of the
 * conversation, and between them records that Claude Code keeps for itself. Each version adds kinds of them.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../util/json.ts";
import { isTime } from "../../util/plausible.ts";
import { contentBlocks } from "../content_blocks.ts";
import { getObject } from "../json_fields.ts";
import { SYNTHETIC_MODEL } from "../synthetic_model.ts";
import { readToolContent } from "../tool_content.ts";

/** Fields that only entries of a transcript have, and no messages of a stream. */
const TRANSCRIPT_FIELDS = ["parentUuid", "isSidechain", "leafUuid", "isSnapshotUpdate"] as const;

/** Returns whether a JSON object is an entry of a transcript, and no message of a stream. */
export function isTranscriptEntry(json: JsonObject): boolean {
  if (TRANSCRIPT_FIELDS.some((field) => Object.hasOwn(json, field))) return true;
  // Some streams write the id of their session in this way, too.
  const isStream = json["type"] === "result" || json["subtype"] === "init";
  return Object.hasOwn(json, "sessionId") && !Object.hasOwn(json, "session_id") && !isStream;
}

/** Returns whether an entry is a message of the conversation. Records have no ids of their own. */
export function hasMessage(entry: JsonObject): boolean {
  return isJsonObject(entry["message"]) && typeof entry["uuid"] === "string";
}

/** Returns whether the user or the model has said what an entry contains. */
export function isTalk(entry: JsonObject): boolean {
  return isJsonObject(entry["message"]) &&
    (entry["type"] === "user" || entry["type"] === "assistant");
}

const FILLER = "No response requested.";

/** Returns whether Claude Code only fills the place of an answer that is missing. */
export function isFiller(entry: JsonObject): boolean {
  if (getObject(entry, "message")["model"] !== SYNTHETIC_MODEL) return false;
  // Versions before 2.1 do not state that it is no error.
  return entry["isApiErrorMessage"] === false || textOf(entry) === FILLER;
}

/** Returns when an entry was written, in milliseconds since 1970; undefined if it does not state that. */
export function timeOf({ timestamp }: JsonObject): number | undefined {
  return isTime(timestamp) ? Date.parse(timestamp) : undefined;
}

/** Returns the content blocks of an entry. */
export function blocksOf(entry: JsonObject): readonly JsonObject[] {
  return contentBlocks(entry)?.filter(isJsonObject) ?? [];
}

/** Returns the whole text of an entry. */
export function textOf(entry: JsonObject): string {
  return readToolContent(contentBlocks(entry)).text;
}

/** Returns whether an entry has the result of a tool. */
export function hasToolResult(entry: JsonObject): boolean {
  return blocksOf(entry).some(({ type }) => type === "tool_result");
}
