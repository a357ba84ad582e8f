import { BoundedMap } from "../../util/bounded_map.ts";
import type { JsonObject } from "../../util/json.ts";
import { isId } from "../../util/plausible.ts";
import { getObject, getObjects, getPlausible, getString } from "../json_fields.ts";
import { readReport } from "../subagent_result.ts";
import { readToolContent } from "../tool_content.ts";
import { envelope } from "./messages.ts";
import type { TaskEnd } from "./notifications.ts";

/** How many tasks are tracked. Real sessions have far fewer. */
const MAX_TASKS = 10_000;

/** The result of a call whose subagent runs in the background. */
const LAUNCHED = /^Async agent launched/;

/** Precedes the report of a subagent in newer versions. */
const TOOLS_USED = /^<tools-used-before-summary>[^<]*<\/tools-used-before-summary>\s*/;

/** Reports once that each subagent has started, and how it has ended. */
export class SubagentTasks {
  #states = new BoundedMap<string, "running" | "ended">(MAX_TASKS);
  /** The task that each call has started. */
  #ofCall = new BoundedMap<string, string>(MAX_TASKS);

  /**
   * Returns the message that reports the start of a subagent at its first entry. Those of old versions have
   * no id.
   *
   * @param call the call that started it
   */
  start(entry: JsonObject, call: string, description: string | undefined): JsonObject | undefined {
    const id = getPlausible(entry, "agentId", isId);
    if (id === undefined || this.#states.has(id)) return undefined;
    this.#states.set(id, "running");
    this.#ofCall.set(call, id);
    return {
      type: "system",
      subtype: "task_started",
      task_id: id,
      tool_use_id: call,
      description,
      ...envelope(entry),
    };
  }

  /** Returns the messages that report the end of the task whose result an entry has, if it has one. */
  endByResult(entry: JsonObject): JsonObject[] {
    const end = this.#readResult(entry);
    return end === undefined ? [] : this.end(entry, end);
  }

  /** Returns how a subagent ended whose result an entry has; undefined if it runs in the background. */
  #readResult(entry: JsonObject): TaskEnd | undefined {
    const result = getObject(entry, "toolUseResult");
    const [block] = getObjects(getObject(entry, "message"), "content");
    if (block?.["type"] !== "tool_result") return undefined;
    const toolUseId = getString(block, "tool_use_id") ?? "";
    // Not every result names its subagent.
    const taskId = getPlausible(result, "agentId", isId) ?? this.#ofCall.get(toolUseId);
    const { text } = readReport(block["content"]);
    if (taskId === undefined || result["isAsync"] === true || LAUNCHED.test(text)) return undefined;
    const summary = "content" in result
      ? readToolContent(result["content"]).text.replace(TOOLS_USED, "")
      : text;
    const status = block["is_error"] === true ? "failed" : "completed";
    return { taskId, toolUseId, status, summary };
  }

  /** Returns the messages that report the end of a task, unless they were returned before. */
  end(entry: JsonObject, { taskId, toolUseId, status, summary }: TaskEnd): JsonObject[] {
    if (this.#states.get(taskId) === "ended") return [];
    this.#states.set(taskId, "ended");
    const common = {
      type: "system",
      task_id: taskId,
      tool_use_id: toolUseId,
      ...envelope(entry),
    };
    return [
      { ...common, subtype: "task_updated", patch: { status } },
      { ...common, subtype: "task_notification", status, summary },
    ];
  }
}
