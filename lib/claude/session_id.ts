import { isObject, type Json, objectIn, textIn } from "./json_fields.ts";

/** Objects inside a message in which versions of Claude Code have kept the session's id. */
const PLACES = ["init", "system", "result", "metadata"] as const;

/** What a session id begins with that stands for a session that does not exist yet. */
const PENDING_PREFIX = "pending_";

/** Whether the id stands for no session yet, so that a run with it begins a new one. */
export function isPendingSessionId(id: string): boolean {
  return id.startsWith(PENDING_PREFIX);
}

/** The session's id in a message, wherever it is. */
export function sessionIdOf(message: Json): string | undefined {
  const id = textIn(message, "session_id") ?? textIn(message, "sessionId");
  if (id !== undefined) return id;
  for (const place of PLACES) {
    const inside = objectIn(message, place);
    const id = textIn(inside, "session_id") ?? textIn(inside, "sessionId");
    if (id !== undefined) return id;
  }
  return textIn(objectIn(message, "conversation"), "id");
}

/**
 * Whether it is the lone result of a session that could not be found: its id is no
 * session's. Only the first message that has an id can be one.
 */
export function isStillborn(message: Json): boolean {
  return message["type"] === "result" && message["is_error"] === true &&
    message["num_turns"] === 0;
}

/** The session's id in the first line of the stream that has one, when this is that line. */
export function sessionIdIn(line: string): string | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return isObject(message) && !isStillborn(message) ? sessionIdOf(message) : undefined;
  } catch {
    return undefined;
  }
}
