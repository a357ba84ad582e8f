import { isJsonObject, type JsonObject } from "../util/json.ts";
import { isDuration, isId, isWord } from "../util/plausible.ts";
import { getId, getNonEmptyString, getObject, getPlausible } from "./json_fields.ts";
import type { TaskMessage } from "./messages.ts";

/** Reads a change in the state of a background task or a subagent. */
export function readTask(change: TaskMessage["change"], json: JsonObject): TaskMessage {
  const patch = getObject(json, "patch");
  return {
    kind: "task",
    change,
    taskId: getId(json, "task_id"),
    toolUseId: getPlausible(json, "tool_use_id", isId),
    status: getPlausible(json, "status", isWord) ?? getPlausible(patch, "status", isWord),
    description: getNonEmptyString(json, "description"),
    summary: getNonEmptyString(json, "summary") ?? getNonEmptyString(patch, "error"),
    usage: isJsonObject(json["usage"]) ? plausibleAmounts(json["usage"]) : undefined,
    isAmbient: json["ambient"] === true,
  };
}

/** Returns the resources that a task has used, without those that are nonsense. */
function plausibleAmounts(usage: JsonObject): JsonObject {
  const amounts = Object.entries(usage);
  return Object.fromEntries(
    amounts.filter(([name, amount]) => isWord(name) && isDuration(amount)),
  );
}
