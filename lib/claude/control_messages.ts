/**
 * The messages that control a running Claude Code, and what it answers.
 *
 * @module
 */

import { parseJsonObject } from "../util/json.ts";
import { isId, isWord } from "../util/plausible.ts";
import { getNonEmptyString, getObject, getPlausible, getString } from "./json_fields.ts";

/** What Claude Code can be asked to do. */
export type ControlRequest =
  /** Stops the turn, but not the background tasks. */
  | { readonly subtype: "interrupt" }
  | { readonly subtype: "stop_task"; readonly task_id: string }
  | { readonly subtype: "set_model"; readonly model: string }
  | { readonly subtype: "set_permission_mode"; readonly mode: string };

/** A line that is about the process, and not about the conversation. */
export type ControlLine =
  | { readonly kind: "response"; readonly requestId: string; readonly error: string | undefined }
  | { readonly kind: "state"; readonly state: string };

/** Begins the lines that {@linkcode readControlLine} reads. Others are not worth parsing twice. */
const PREFIXES = [
  '{"type":"control_response"',
  '{"type":"system","subtype":"session_state_changed"',
] as const;

/** Reads a line that is about the process. Returns undefined for any other line. */
export function readControlLine(line: string): ControlLine | undefined {
  if (!PREFIXES.some((prefix) => line.startsWith(prefix))) return undefined;
  const message = parseJsonObject(line);
  if (message === undefined) return undefined;
  if (message["type"] === "system") {
    const state = getPlausible(message, "state", isWord);
    return state === undefined ? undefined : { kind: "state", state };
  }
  const response = getObject(message, "response");
  const requestId = getPlausible(response, "request_id", isId);
  if (requestId === undefined) return undefined;
  const isError = getString(response, "subtype") !== "success";
  const error = isError ? getNonEmptyString(response, "error") ?? "refused" : undefined;
  return { kind: "response", requestId, error };
}
