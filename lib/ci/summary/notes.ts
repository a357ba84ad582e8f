import type { RunEvent } from "../../events.ts";
import {
  describeRateLimit,
  describeRetry,
  describeTask,
  describeWait,
} from "../../util/event_text.ts";
import { brokenServers, problemLevel } from "../../util/problem_level.ts";

/** A warning or an error besides those of tool calls. */
export interface Note {
  readonly level: "warning" | "error";
  readonly text: string;
}

/** Returns the note about an event, or `undefined` if the event is no reason for one. */
export function noteOf(event: RunEvent): Note | undefined {
  const level = problemLevel(event);
  const text = noteText(event);
  return level === undefined || text === undefined ? undefined : { level, text };
}

function noteText(event: RunEvent): string | undefined {
  switch (event.type) {
    case "session_info": {
      const servers = brokenServers(event).map(({ name, status }) => `${name} (${status})`);
      return `MCP servers: ${servers.join(", ")}`;
    }
    case "retry":
      return `API retry: ${describeRetry(event)}`;
    case "rate_limit":
      return `rate limit: ${describeRateLimit(event)}`;
    case "waiting":
      return `waited ${describeWait(event)}`;
    case "task":
      return `task ${event.status}: ${describeTask(event)}`;
    case "notice":
      return `${event.kind}: ${event.text}`;
    default:
      return undefined;
  }
}
