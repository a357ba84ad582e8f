import type { RunEvent } from "../../lib/events.ts";

/** Kinds of events that only a live run has, or that state more in one of the two. */
const NOT_STORED: ReadonlySet<RunEvent["type"]> = new Set([
  "start",
  "session_info",
  "usage",
  "notice",
  "exit",
]);

/**
 * Describes what was said and done by each agent: kind, text and tool. What two agents do at the same time can
 * have any order.
 */
export function conversationsIn(events: readonly RunEvent[]): [agent: string, string[]][] {
  const byAgent = Map.groupBy(events, agentOf);
  return Array.from(byAgent, ([agent, events]) => [agent, conversation(events)]);
}

function agentOf(event: RunEvent): string {
  const taskCall = event.type === "task" ? event.tool_use_id : undefined;
  return event.parent_tool_use_id ?? taskCall ?? "main";
}

function conversation(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => {
    if (NOT_STORED.has(event.type)) return [];
    const isProgress = event.type === "task" && event.status === "progress";
    const isPrompt = event.type === "user_text" && event.kind === "prompt";
    if (isProgress || isPrompt) return [];
    const { seq: _, time_ms: _time, ...body } = event;
    const { type, parent_tool_use_id: parent = "" } = event;
    switch (body.type) {
      case "tool_use":
        return [[type, parent, body.id, body.name, JSON.stringify(body.input)].join(" ")];
      case "tool_result": {
        const { tool_use_id: id, is_error: isError, text, diff = "" } = body;
        return [[type, parent, id, isError, text, diff].join(" ")];
      }
      case "task":
        return [[type, body.status, body.tool_use_id, body.summary].join(" ")];
      case "result":
        return [[type, body.ok, body.subtype, body.text, body.answer].join(" ")];
      default:
        return [[type, parent, "text" in body ? body.text : ""].join(" ")];
    }
  });
}
