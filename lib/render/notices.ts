import type { EventOf, RunEvent } from "../events.ts";
import { MAX_ADVICE_LENGTH, MAX_LINE_LENGTH, sanitizeLine } from "../terminal/sanitize.ts";
import { compactJson } from "../util/compact_json.ts";
import {
  describeRateLimit,
  describeRetry,
  describeTask,
  describeWait,
} from "../util/event_text.ts";
import { brokenServers, problemLevel } from "../util/problem_level.ts";
import { QUIET_NOTICE_KINDS } from "../util/quiet_notice_kinds.ts";
import { formatSeconds } from "../util/units.ts";

/** An event that is shown on a line of its own. */
export interface Notice {
  readonly level: "info" | "warning" | "error" | "done";
  /** A word or two, not sanitized. */
  readonly label: string;
  /** The text, not sanitized. */
  readonly text: string;
  /** The title of its annotation, not sanitized; absent if it is not annotated. */
  readonly annotationTitle?: string;
  /** Whether the text is advice, which is shown in as many rows as it needs. */
  readonly isAdvice?: boolean;
  /** Whether it is shown even if a CI log is full. */
  readonly isEssential?: boolean;
}

/** The length of what is shown of an unknown message. */
const PREVIEW_LENGTH = 200;

/** The maximum length of a label. */
const MAX_LABEL_LENGTH = 40;

const QUIET_KINDS: ReadonlySet<string> = new Set(QUIET_NOTICE_KINDS);

/** Creates the notices of the events of a run. What was reported is not reported again. */
export class NoticeFactory {
  #lastRetry: EventOf<"retry"> | undefined;
  #lastRateLimit = "";
  readonly #reportedServers = new Set<string>();

  /** Returns the notices of an event; none if it is shown in another form, or not at all. */
  noticesOf(event: RunEvent): Notice[] {
    switch (event.type) {
      case "session_info":
        return this.#mcpServerNotices(event);
      case "retry":
        return [this.#retryNotice(event)];
      case "rate_limit":
        return this.#rateLimitNotices(event);
      case "waiting":
        return [waitingNotice(event)];
      case "task":
        return taskNotices(event);
      case "notice":
        return event.level === "info" && QUIET_KINDS.has(event.kind) ? [] : [claudeNotice(event)];
      case "user_text":
        return userTextNotices(event);
      case "unknown": {
        const text = compactJson(event.event, PREVIEW_LENGTH);
        return [{ level: "info", label: "unknown message", text }];
      }
      case "raw":
        return [{
          level: "info",
          label: "not a message",
          text: sanitizeLine(event.content, PREVIEW_LENGTH),
        }];
      default:
        return [];
    }
  }

  #mcpServerNotices(event: EventOf<"session_info">): Notice[] {
    const notices: Notice[] = [];
    for (const { name, status } of brokenServers(event)) {
      const text = `${name}: ${status}`;
      if (this.#reportedServers.has(text)) continue;
      this.#reportedServers.add(text);
      notices.push({ level: "warning", label: "MCP server", text });
    }
    return notices;
  }

  /** Annotates the first retry of a series, because CI systems limit the number of annotations. */
  #retryNotice(event: EventOf<"retry">): Notice {
    const last = this.#lastRetry;
    this.#lastRetry = event;
    const isFirst = last?.reason !== event.reason || event.attempt <= last.attempt;
    return {
      level: "warning",
      label: `retry ${event.attempt}/${event.max_retries} in ${formatSeconds(event.delay_ms)}`,
      text: describeRetry(event),
      ...(isFirst ? { annotationTitle: "API retry" } : {}),
    };
  }

  #rateLimitNotices(event: EventOf<"rate_limit">): Notice[] {
    const level = problemLevel(event);
    const state = `${event.status} ${event.kind}`;
    const isReported = state === this.#lastRateLimit;
    this.#lastRateLimit = state;
    if (isReported || level === undefined) return [];
    return [{ level, label: "rate limit", text: describeRateLimit(event) }];
  }
}

function waitingNotice(event: EventOf<"waiting">): Notice {
  return {
    level: "warning",
    label: "waiting",
    text: describeWait(event),
    annotationTitle: event.reason === "quota" ? "usage limit" : "API failure",
    isEssential: true,
  };
}

function taskNotices(event: EventOf<"task">): Notice[] {
  const { status } = event;
  if (status === "started" || status === "progress") return [];
  return [{
    level: problemLevel(event) ?? "done",
    label: status === "completed" ? "task" : `task ${status}`,
    text: describeTask(event),
  }];
}

/** Returns the notice of a `notice` event, even if it is not shown. */
export function claudeNotice(
  { level, kind, text }: EventOf<"notice">,
): Notice & { readonly annotationTitle: string } {
  const notice = { level, label: kind, text, annotationTitle: `claude: ${kind}` };
  // It lists the options that would allow the denied calls.
  return kind === "denied" ? { ...notice, isAdvice: true, isEssential: true } : notice;
}

/** The labels of the texts that are shown. */
const USER_TEXT_LABELS: ReadonlyMap<EventOf<"user_text">["kind"], string> = new Map([
  ["prompt", "prompt"],
  ["synthetic", "note"],
  ["other", "user"],
]);

function userTextNotices({ kind, text }: EventOf<"user_text">): Notice[] {
  const label = USER_TEXT_LABELS.get(kind);
  return label === undefined ? [] : [{ level: "info", label, text }];
}

/** Returns the label and the text of a notice on one line, sanitized. */
export function noticeLine(notice: Notice): string {
  return `${sanitizeLine(notice.label, MAX_LABEL_LENGTH)}: ${noticeText(notice)}`;
}

/** Returns the text of a notice on one line, sanitized. */
export function noticeText({ text, isAdvice }: Notice): string {
  return sanitizeLine(text, isAdvice ? MAX_ADVICE_LENGTH : MAX_LINE_LENGTH);
}
