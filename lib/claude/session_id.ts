import { getNonEmptyString, getObject, isObject, type Json } from "./json_fields.ts";

/** Objects inside a message in which versions of Claude Code have kept the session's id. */
const PLACES = ["init", "system", "result", "metadata"] as const;

/** What a session id begins with that stands for a session that does not exist yet. */
const PENDING_PREFIX = "pending_";

/** Whether the id stands for no session yet, so that a run with it begins a new one. */
export function isPendingSessionId(id: string): boolean {
  return id.startsWith(PENDING_PREFIX);
}

/** The session's id in a message, wherever it is. */
export function getSessionId(message: Json): string | undefined {
  const id = getNonEmptyString(message, "session_id") ?? getNonEmptyString(message, "sessionId");
  if (id !== undefined) return id;
  for (const place of PLACES) {
    const inside = getObject(message, place);
    const id = getNonEmptyString(inside, "session_id") ?? getNonEmptyString(inside, "sessionId");
    if (id !== undefined) return id;
  }
  return getNonEmptyString(getObject(message, "conversation"), "id");
}

/**
 * Whether it is the lone result of a session that could not be found: its id is no
 * session's. Only the first message that has an id can be one.
 */
export function isSessionNotFoundResult(message: Json): boolean {
  return message["type"] === "result" && message["is_error"] === true &&
    message["num_turns"] === 0;
}

/** The session's id in the first line of the stream that has one, when this is that line. */
export function parseSessionId(line: string): string | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return isObject(message) && !isSessionNotFoundResult(message)
      ? getSessionId(message)
      : undefined;
  } catch {
    return undefined;
  }
}
