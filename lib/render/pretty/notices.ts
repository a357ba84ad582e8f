import type { EventOf } from "../../events.ts";
import { compactJson } from "../../util/compact_json.ts";
import { formatSeconds } from "../../util/units.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";

/** Something worth a line: what it is, what it says, and how much it matters. */
export interface Notice {
  readonly level: "info" | "warning" | "error" | "done";
  /** What it is, in a word or two; safe to show. */
  readonly label: string;
  /** What it says, not yet safe to show. */
  readonly text: string;
  /** It is not folded, however long it is. */
  readonly isWhole?: boolean;
}

/** Of a message that is shown only so that nothing is dropped in silence, this much is enough. */
const GLIMPSE = 200;

/** A retry: which, when, why. */
export function retryNotice(event: EventOf<"retry">): Notice {
  const status = event.http_status === undefined ? "" : ` (HTTP ${event.http_status})`;
  return {
    level: "warning",
    label: `retry ${event.attempt}/${event.max_retries} in ${formatSeconds(event.delay_ms)}`,
    text: `${event.reason}${status}`,
  };
}

/** What a retry is annotated with in CI. */
export const RETRY_TITLE = "API retry";

/**
 * Makes what tells whether a retry is the first of its kind in a row: in CI there is little room
 * for warnings, and the others say the same.
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

/** The rate limit, or undefined while there is nothing to say. */
export function rateLimitNotice(event: EventOf<"rate_limit">): Notice | undefined {
  if (event.status === "allowed") return undefined;
  const used = event.utilization === undefined
    ? undefined
    : `${Math.round(event.utilization * 100)}% used`;
  const until = event.resets_at === undefined ? undefined : `until ${event.resets_at}`;
  const text = [event.status.replaceAll("_", " "), event.kind?.replaceAll("_", " "), used, until];
  return {
    level: event.status === "rejected" ? "error" : "warning",
    label: "rate limit",
    text: text.filter((part) => part !== undefined).join(", "),
  };
}

/** The end of a task, or undefined while it goes on. */
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

/** Kinds that are told only when something is wrong: what they say, other lines show. */
const QUIET_KINDS: ReadonlySet<string> = new Set(["hook", "background_tasks"]);

/** A notice, or undefined where it is noise. What claude says on stderr is not one. */
export function noticeNotice(event: EventOf<"notice">): Notice | undefined {
  if (event.level === "info" && QUIET_KINDS.has(event.kind)) return undefined;
  return {
    level: event.level,
    label: sanitizeLine(event.kind, 40),
    text: event.text,
    // It lists what somebody is to choose from.
    isWhole: event.kind === "denied",
  };
}

/** A message of an unknown kind, as a glimpse of it. */
export function unknownNotice(event: EventOf<"unknown">): Notice {
  return { level: "info", label: "unknown message", text: compactJson(event.event, GLIMPSE) };
}

/** A line that is not a message, as a glimpse of it. */
export function rawNotice(event: EventOf<"raw">): Notice {
  const { content } = event;
  const text = content.length > GLIMPSE ? `${content.slice(0, GLIMPSE)}…` : content;
  return { level: "info", label: "not a message", text: sanitizeLine(text) };
}

/** An MCP server that is not there, or undefined when it is well. */
export function mcpServerNotice(name: string, status: string): Notice | undefined {
  if (status !== "failed" && status !== "needs-auth") return undefined;
  return { level: "warning", label: "MCP server", text: `${name}: ${status}` };
}
