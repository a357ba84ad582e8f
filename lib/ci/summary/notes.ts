import type { EventOf, RunEvent } from "../../events.ts";
import { describeRateLimit, describeRetry, describeTask } from "../../util/event_text.ts";

/** A warning or an error besides those of tool calls. */
export interface Note {
  readonly level: "warning" | "error";
  readonly text: string;
}

/** Returns the note about an event, or `undefined` if the event is no reason for one. */
export function noteOf(event: RunEvent): Note | undefined {
  switch (event.type) {
    case "session_info":
      return serversNote(event);
    case "retry":
      return retryNote(event);
    case "rate_limit":
      return rateLimitNote(event);
    case "task":
      return taskNote(event);
    case "notice":
      if (event.level === "info") return undefined;
      return { level: event.level, text: `${event.kind}: ${event.text}` };
    default:
      return undefined;
  }
}

function serversNote({ mcp_servers: servers = [] }: EventOf<"session_info">): Note | undefined {
  const broken = servers.filter(({ status }) => status === "failed" || status === "needs-auth");
  if (broken.length === 0) return undefined;
  const list = broken.map(({ name, status }) => `${name} (${status})`).join(", ");
  return { level: "warning", text: `MCP servers: ${list}` };
}

function retryNote(event: EventOf<"retry">): Note {
  return { level: "warning", text: `API retry: ${describeRetry(event)}` };
}

function rateLimitNote(event: EventOf<"rate_limit">): Note | undefined {
  if (event.status === "allowed") return undefined;
  return {
    level: event.status === "rejected" ? "error" : "warning",
    text: `rate limit: ${describeRateLimit(event)}`,
  };
}

function taskNote(event: EventOf<"task">): Note | undefined {
  const { status } = event;
  if (status !== "failed" && status !== "stopped") return undefined;
  return {
    level: status === "failed" ? "error" : "warning",
    text: `task ${status}: ${describeTask(event)}`,
  };
}
