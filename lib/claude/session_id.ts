import { type JsonObject, parseJsonObject } from "../util/json.ts";
import { isPlausibleSessionId } from "../util/plausible.ts";
import { getObject, getPlausible } from "./json_fields.ts";

const SESSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns whether `text` is a complete session id, which is a UUID. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text);
}

/** Returns a session id as Claude Code writes it. Anything else, such as a title, stays as it is. */
export function normalizeSessionId(id: string): string {
  return isSessionId(id) ? id.toLowerCase() : id;
}

/** Starts the id of a session that does not exist yet. */
const PENDING_PREFIX = "pending_";

/**
 * Returns whether a session id is a placeholder, with which a run starts a new session. A program can
 * store one for a conversation until Claude Code states the id.
 *
 * @example
 * ```ts
 * import { isPendingSessionId } from "./session_id.ts";
 *
 * console.log(isPendingSessionId("pending_chat_42")); // true
 * console.log(isPendingSessionId("3f2c8a41-0b6e-4a57-9d0f-5b8f6f1f2a10")); // false
 * ```
 */
export function isPendingSessionId(id: string): boolean {
  return id.startsWith(PENDING_PREFIX);
}

/** Objects in which some versions of Claude Code keep the session id. */
const CONTAINERS = ["init", "system", "result", "metadata"] as const;

/** Returns the session id of a message. */
export function getSessionId(message: JsonObject): string | undefined {
  const id = idIn(message);
  if (id !== undefined) return id;
  for (const name of CONTAINERS) {
    const id = idIn(getObject(message, name));
    if (id !== undefined) return id;
  }
  return getPlausible(getObject(message, "conversation"), "id", isPlausibleSessionId);
}

function idIn(object: JsonObject): string | undefined {
  return getPlausible(object, "session_id", isPlausibleSessionId) ??
    getPlausible(object, "sessionId", isPlausibleSessionId);
}

/**
 * Returns whether a message can be the result of resuming an unknown session, for which Claude Code
 * invents an id. Only the first message of a stream can be one.
 */
export function isSessionNotFoundResult(message: JsonObject): boolean {
  return message["type"] === "result" && message["is_error"] === true &&
    message["num_turns"] === 0;
}

/**
 * Returns the session id in a line of Claude Code's output, for programs that read the output
 * themselves. Ignores an id that Claude Code can have invented because it found no session to resume.
 *
 * @example
 * ```ts
 * import { sessionIdIn } from "./session_id.ts";
 *
 * console.log(sessionIdIn('{"type":"system","session_id":"3f2c8a41"}')); // 3f2c8a41
 * console.log(sessionIdIn("not JSON")); // undefined
 * ```
 */
export function sessionIdIn(line: string): string | undefined {
  const message = parseJsonObject(line);
  if (message === undefined || isSessionNotFoundResult(message)) return undefined;
  return getSessionId(message);
}
