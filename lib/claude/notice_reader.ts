/**
 * How a message becomes a `notice` event.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { getFirstText } from "./json_fields.ts";

/** A notice without the message, which becomes its data. */
export type Notice = Omit<EventBody<"notice">, "type" | "data" | "parent_tool_use_id">;

type Level = Notice["level"];

/** Returns the notice of a message; undefined if the message has no content. */
export type NoticeReader = (message: JsonObject) => Notice | undefined;

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

/** Returns the text of a message, in whichever field it is. */
export function messageText(message: JsonObject): string | undefined {
  return getFirstText(message, TEXT_FIELDS);
}

/** Creates a reader for messages that only have a text. */
export function textNotice(kind: string, defaultText: string, level: Level = "info"): NoticeReader {
  return (message) => ({ level, kind, text: messageText(message) ?? defaultText });
}

export function info(kind: string, text: string): Notice {
  return { level: "info", kind, text };
}

export function warningIf(hasFailed: boolean): Level {
  return hasFailed ? "warning" : "info";
}
