import { classifyApiError } from "../claude/api_errors.ts";
import { denialCause } from "../claude/denials.ts";
import { OpenToolCalls } from "../claude/open_tool_calls.ts";
import type { ToolInput } from "../claude/tools.ts";
import {
  addUsage,
  type DenialCause,
  type EventOf,
  NO_USAGE,
  type RunEvent,
  type Usage,
} from "../events.ts";
import { detach } from "../util/truncate.ts";
import { ActivityTracker } from "./current_activity.ts";

/** A denied tool call, and what a hint needs to know about it. */
export interface DeniedCall {
  readonly name: string;
  /** Its input, if the call was seen. */
  readonly input?: ToolInput;
  /** What denied it, if it is known. */
  readonly cause?: DenialCause;
}

/** The input fields that a permission can name. A file's content is not among them. */
const PERMISSION_FIELDS = ["command", "url", "file_path", "notebook_path", "path"] as const;

/** The longest path or command that is kept. */
const MAX_INPUT_LENGTH = 4096;

/** How many lines that are not messages are kept, and how much of each. */
const MAX_RAW_LINES = 5;
const MAX_RAW_LENGTH = 500;

/** The events that do not prove that Claude Code has sent a message. */
const NOT_MESSAGES: ReadonlySet<RunEvent["type"]> = new Set(["raw", "start", "notice"]);

/** Accumulates the state that determines the outcome and the `exit` event. */
export class RunState {
  #calls = new OpenToolCalls();
  /** Failed calls: a denial can be reported after the result of its call. */
  #failedCalls = new Map<string, DeniedCall>();

  /** What the run is doing. */
  readonly activity: ActivityTracker = new ActivityTracker(this.#calls);
  /** The session, once it is known. */
  sessionId: string | undefined;
  /** The directory that claude works in, once it is known. */
  cwd: string | undefined;
  /** The last result. */
  result: EventOf<"result"> | undefined;
  /** A retry that nothing has followed yet. */
  openRetry: EventOf<"retry"> | undefined;
  /** How many times the API has rejected the credential since it last accepted it. */
  rejectedCredentials = 0;
  /** The turns of all results. */
  turns = 0;
  /** The tokens of all results. */
  usage: Usage = NO_USAGE;
  /** The denied calls, by tool use. */
  deniedCalls: Map<string, DeniedCall> = new Map();
  /** Whether Claude Code has sent a message. */
  hasMessages = false;
  /** The beginnings of the last lines that were not messages. */
  rawLines: string[] = [];

  record(event: RunEvent): void {
    this.activity.record(event);
    switch (event.type) {
      case "session_info":
        this.sessionId = event.session_id;
        this.cwd = event.cwd ?? this.cwd;
        break;
      case "text":
        this.openRetry = undefined;
        if (!event.synthetic) this.rejectedCredentials = 0;
        break;
      case "tool_use":
        this.openRetry = undefined;
        this.rejectedCredentials = 0;
        break;
      case "tool_result":
        if (event.is_error) this.#recordFailedCall(event);
        break;
      case "permission_denied":
        this.#recordDenial(event);
        break;
      case "retry":
        this.openRetry = event;
        if (classifyApiError(event.reason, event.http_status) === "auth") {
          this.rejectedCredentials++;
        }
        break;
      case "result":
        this.#recordResult(event);
        break;
      case "raw":
        this.rawLines.push(detach(event.content.slice(0, MAX_RAW_LENGTH)));
        if (this.rawLines.length > MAX_RAW_LINES) this.rawLines.shift();
        break;
    }
    this.#calls.record(event);
    if (!NOT_MESSAGES.has(event.type)) this.hasMessages = true;
  }

  #recordFailedCall({ tool_use_id: id, text }: EventOf<"tool_result">): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#failedCalls.set(id, createDeniedCall(call, text));
  }

  #recordDenial({ tool_use_id: id, name, reason, cause }: EventOf<"permission_denied">): void {
    const known = this.#failedCalls.get(id) ??
      createDeniedCall(this.#calls.get(id) ?? { name }, reason);
    this.deniedCalls.set(id, cause === undefined ? known : { ...known, cause });
    this.#failedCalls.delete(id);
  }

  #recordResult(result: EventOf<"result">): void {
    this.openRetry = undefined;
    this.result = result;
    this.turns += result.turns;
    this.usage = addUsage(this.usage, result.usage);
  }
}

function createDeniedCall(
  { name, input }: { readonly name: string; readonly input?: ToolInput },
  text?: string,
): DeniedCall {
  return {
    name,
    ...(input === undefined ? {} : { input: pickPermissionFields(input) }),
    ...(text === undefined ? {} : { cause: denialCause({ tool: name, text }) }),
  };
}

function pickPermissionFields(input: ToolInput): ToolInput {
  const kept: { [field: string]: unknown } = {};
  for (const field of PERMISSION_FIELDS) {
    const value = input[field];
    if (typeof value === "string") kept[field] = detach(value.slice(0, MAX_INPUT_LENGTH));
  }
  return kept;
}
