import type { ApiRoute } from "../claude/api_route.ts";
import { isAuthError } from "../claude/api_errors.ts";
import { denialCause } from "../claude/denials.ts";
import { OpenToolCalls } from "../claude/open_tool_calls.ts";
import { STRUCTURED_OUTPUT_TOOL, type ToolInput } from "../claude/tools.ts";
import type { ClaudeFailure } from "../claude/failures.ts";
import type { DenialCause, EventOf, RunEvent } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";
import { detach } from "../util/truncate.ts";
import { BackgroundTasks } from "./background_tasks.ts";
import { ActivityTracker } from "./current_activity.ts";
import { RunNumbers } from "./numbers.ts";
import { resultFailure } from "./result_failure.ts";

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
const MAX_RAW_LINES = 20;
const MAX_RAW_LENGTH = 500;

/** How many failed calls are kept, and how many denied ones. Real runs have far fewer. */
const MAX_CALLS = 1_000;

/** The events that do not prove that Claude Code has sent a message. */
const NOT_MESSAGES: ReadonlySet<RunEvent["type"]> = new Set(["raw", "start", "notice"]);

/** Accumulates the state that determines the outcome and the `exit` event. */
export class RunState {
  #calls = new OpenToolCalls();
  /** Failed calls: a denial can be reported after the result of its call. */
  #failedCalls = new BoundedMap<string, DeniedCall>(MAX_CALLS);

  readonly backgroundTasks: BackgroundTasks = new BackgroundTasks(this.#calls);
  /** What the run is doing. */
  readonly activity: ActivityTracker = new ActivityTracker(this.#calls, this.backgroundTasks);
  /** The session, once it is known. */
  sessionId: string | undefined;
  /** The directory that claude works in, once it is known. */
  cwd: string | undefined;
  /** The home directory; undefined in a replay. */
  home: string | undefined;
  /** Whether the model has the tool for structured output, which a JSON Schema adds. */
  hasOutputTool = false;
  /** The result that counts: the last one, unless it is the failure of a turn without a prompt. */
  result: EventOf<"result"> | undefined;
  /** Why that result is not a success. */
  resultFailure: ClaudeFailure | undefined;
  /** The usage limit that the API enforces. */
  rejectedLimit: EventOf<"rate_limit"> | undefined;
  /** A retry that nothing has followed yet. */
  openRetry: EventOf<"retry"> | undefined;
  /** How claude reaches the API; undefined in a replay. */
  apiRoute: ApiRoute | undefined;
  /** An error message that the model has not answered yet. */
  reportedError: EventOf<"notice"> | undefined;
  /** How many times the API has rejected the credential since it last accepted it. */
  rejectedCredentials = 0;
  /** What the run used. */
  readonly numbers: RunNumbers = new RunNumbers();
  /** How many calls were denied. */
  deniedCount = 0;
  /** The last denied calls, by tool use. */
  readonly deniedCalls: Map<string, DeniedCall> = new BoundedMap(MAX_CALLS);
  /** Whether Claude Code has sent a message. */
  hasMessages = false;
  /** The beginnings of the last lines that were not messages. */
  rawLines: string[] = [];

  /** Whether a result has arrived. */
  get hasResult(): boolean {
    return this.result !== undefined;
  }

  /** Forgets the result of a run, because a recording contains another one. */
  beginNextRun(): void {
    this.result = this.resultFailure = undefined;
  }

  /** Records an event. The failure is that of a result. */
  record(event: RunEvent, failure?: ClaudeFailure): void {
    this.activity.record(event);
    this.backgroundTasks.record(event);
    switch (event.type) {
      case "session_info":
        this.sessionId = event.session_id ?? this.sessionId;
        this.cwd = event.cwd ?? this.cwd;
        this.hasOutputTool = event.tools?.includes(STRUCTURED_OUTPUT_TOOL) ?? this.hasOutputTool;
        break;
      case "text":
        this.openRetry = this.reportedError = undefined;
        if (!event.synthetic) this.rejectedCredentials = 0;
        break;
      case "tool_use":
        this.openRetry = this.reportedError = undefined;
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
        if (isAuthError(event.reason, event.http_status)) this.rejectedCredentials++;
        break;
      case "rate_limit":
        this.rejectedLimit = event.status === "rejected" ? event : undefined;
        break;
      case "usage":
        this.numbers.recordUsage(event);
        break;
      case "result":
        this.#recordResult(event, failure);
        break;
      case "notice":
        if (event.kind !== "error") break;
        this.openRetry = undefined;
        this.reportedError = event;
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
    if (call !== undefined) this.#failedCalls.set(id, createDeniedCall(call, text));
  }

  #recordDenial({ tool_use_id: id, name, reason, cause }: EventOf<"permission_denied">): void {
    const known = this.#failedCalls.get(id) ??
      createDeniedCall(this.#calls.get(id) ?? { name }, reason);
    if (!this.deniedCalls.has(id)) this.deniedCount++;
    this.deniedCalls.set(id, cause === undefined ? known : { ...known, cause });
    this.#failedCalls.delete(id);
  }

  #recordResult(result: EventOf<"result">, failure: ClaudeFailure | undefined): void {
    this.openRetry = undefined;
    // A truncated result lacks its numbers, so that those of the messages count.
    if (!result.truncated) this.numbers.recordResult(result);
    if (endsEmptyTurn(result) || this.isLateFailure(result)) return;
    this.result = result;
    this.resultFailure = failure ?? failureOf(result);
  }

  /** Returns whether a turn without a prompt failed after a success, which stands. */
  isLateFailure({ ok, origin }: EventOf<"result">): boolean {
    return !ok && origin !== undefined && this.result?.ok === true;
  }
}

/** Returns whether nothing happened in a turn without a prompt, as after a task that was killed. */
function endsEmptyTurn({ origin, turns, text }: EventOf<"result">): boolean {
  return origin !== undefined && turns === 0 && text === "";
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

/** Returns the failure of a result that was completed before it was recorded. */
function failureOf(result: EventOf<"result">): ClaudeFailure | undefined {
  if (result.ok) return undefined;
  const turn = { hasModelMessage: true, hasChangedConversation: false };
  return resultFailure({ result, turn, isLimitReached: false });
}
