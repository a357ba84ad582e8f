import { EVENT_TYPES, NO_USAGE, type RunEvent, type Usage } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";

/** The text fields that each type must have, so that everything that reads events can rely on them. */
const REQUIRED_TEXT: { readonly [T in RunEvent["type"]]?: readonly string[] } = {
  start: ["schema", "ccrun"],
  session_info: ["session_id"],
  text: ["text", "message_id"],
  thinking: ["text", "message_id"],
  text_delta: ["text", "message_id"],
  thinking_delta: ["text", "message_id"],
  user_text: ["text", "kind"],
  tool_use: ["id", "name"],
  tool_progress: ["tool_use_id", "name"],
  tool_result: ["tool_use_id", "name", "text"],
  task: ["task_id", "status"],
  retry: ["reason"],
  rate_limit: ["status"],
  usage: ["message_id"],
  permission_denied: ["tool_use_id", "name"],
  notice: ["level", "kind", "text"],
  result: ["subtype", "text"],
  raw: ["content"],
  exit: ["reason"],
};

/** Returns the event of a JSON object, or undefined if it lacks what readers of events rely on. */
export function parseEvent(value: JsonObject): RunEvent | undefined {
  // A filter may have removed the number and the time.
  const event = { seq: 0, time_ms: null, ...value } as unknown as RunEvent;
  if (!EVENT_TYPES.includes(event.type)) return undefined;
  const hasText = REQUIRED_TEXT[event.type]?.every((name) => typeof value[name] === "string");
  return hasText !== false && hasStructure(event) ? event : undefined;
}

/** Returns whether the objects, lists and numbers of an event have their types. */
function hasStructure(event: RunEvent): boolean {
  switch (event.type) {
    case "tool_use":
      return isJsonObject(event.input);
    case "unknown":
      return isJsonObject(event.event);
    case "usage":
      return isUsage(event.usage);
    case "error":
      return isJsonObject(event.error) && Object.hasOwn(EXIT_CODES, event.error.kind) &&
        typeof event.error.message === "string";
    case "result":
      return Number.isFinite(event.cost_usd) && Number.isFinite(event.turns) &&
        Array.isArray(event.denials) && Array.isArray(event.errors) && isUsage(event.usage);
    case "exit":
      return Object.hasOwn(EXIT_CODES, event.reason) && Number.isFinite(event.cost_usd) &&
        Number.isFinite(event.turns) && isUsage(event.usage);
  }
  return true;
}

function isUsage(value: Usage): boolean {
  return isJsonObject(value) &&
    (Object.keys(NO_USAGE) as (keyof Usage)[]).every((key) => Number.isFinite(value[key]));
}
