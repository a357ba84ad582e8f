import type { EventOf } from "../events.ts";
import { compactJson } from "../util/compact_json.ts";
import { describeRateLimit } from "../util/rate_limit.ts";
import { formatSeconds } from "../util/units.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";

/** An event that is shown on a line of its own. */
export interface Notice {
  readonly level: "info" | "warning" | "error" | "done";
  /** A word or two, sanitized. */
  readonly label: string;
  /** The text, not sanitized. */
  readonly text: string;
  /** Whether the text is never shortened. */
  readonly isComplete?: boolean;
}

/** The length of what is shown of an unknown message. */
const PREVIEW_LENGTH = 200;

/** Creates the notice of a retry. */
export function retryNotice(event: EventOf<"retry">): Notice {
  const status = event.http_status === undefined ? "" : ` (HTTP ${event.http_status})`;
  return {
    level: "warning",
    label: `retry ${event.attempt}/${event.max_retries} in ${formatSeconds(event.delay_ms)}`,
    text: `${event.reason}${status}`,
  };
}

/** The title of the annotation of a retry. */
export const RETRY_TITLE = "API retry";

/**
 * Creates a function that returns whether a retry is the first of a series with the same reason. Only
 * that one is annotated, because CI systems limit the number of annotations.
 */
export function createRetryDeduplicator(): (event: EventOf<"retry">) => boolean {
  let last: EventOf<"retry"> | undefined;
  return (event) => {
    const before = last;
    last = event;
    return before === undefined || before.reason !== event.reason ||
      event.attempt <= before.attempt;
  };
}

/** Creates the notice of a rate limit; undefined while requests are allowed. */
export function rateLimitNotice(event: EventOf<"rate_limit">): Notice | undefined {
  if (event.status === "allowed") return undefined;
  return {
    level: event.status === "rejected" ? "error" : "warning",
    label: "rate limit",
    text: describeRateLimit(event),
  };
}

/** Creates the notice of the end of a task; undefined while it runs. */
export function taskNotice(event: EventOf<"task">): Notice | undefined {
  const { status, description, summary } = event;
  if (status === "started" || status === "progress") return undefined;
  const said = [description, summary].filter((part) => part !== undefined && part !== "");
  const level = { completed: "done", failed: "error", stopped: "warning" } as const;
  return {
    level: level[status],
    label: status === "completed" ? "task" : `task ${status}`,
    text: said.length === 0 ? event.task_id : said.join(": "),
  };
}

/** Kinds that are shown only as warnings or errors, because other lines show the same. */
const QUIET_KINDS: ReadonlySet<string> = new Set(["hook", "background_tasks"]);

/** Creates the notice of a `notice` event; undefined if it is not shown. Does not handle stderr. */
export function noticeNotice(event: EventOf<"notice">): Notice | undefined {
  if (event.level === "info" && QUIET_KINDS.has(event.kind)) return undefined;
  return {
    level: event.level,
    label: sanitizeLine(event.kind, 40),
    text: event.text,
    // It lists the options that would allow the denied calls.
    isComplete: event.kind === "denied",
  };
}

/** Creates the notice of a message of an unknown kind. */
export function unknownNotice(event: EventOf<"unknown">): Notice {
  return {
    level: "info",
    label: "unknown message",
    text: compactJson(event.event, PREVIEW_LENGTH),
  };
}

/** Creates the notice of a line that is not a message. */
export function rawNotice(event: EventOf<"raw">): Notice {
  const { content } = event;
  const text = content.length > PREVIEW_LENGTH ? `${content.slice(0, PREVIEW_LENGTH)}…` : content;
  return { level: "info", label: "not a message", text: sanitizeLine(text) };
}

/** Creates the notice of an MCP server; undefined if it works. */
export function mcpServerNotice(name: string, status: string): Notice | undefined {
  if (status !== "failed" && status !== "needs-auth") return undefined;
  return { level: "warning", label: "MCP server", text: `${name}: ${status}` };
}
