/**
 * The events of a run: the one vocabulary that all output formats and the library share.
 *
 * Within schema 1, types, fields and enum values are only added. Readers ignore what they do not
 * know.
 *
 * @module
 */

import type { Failure } from "./errors.ts";
import type { ExitReason } from "./exit_codes.ts";
import { VERSION } from "./version.ts";

/** The name and version of the vocabulary, as the `start` event reports it. */
export const SCHEMA_ID = "ccrun.events/1";

/** Tokens used. */
export interface Usage {
  /** Input tokens that were not read from the cache. */
  input: number;
  /** Output tokens. */
  output: number;
  /** Input tokens read from the prompt cache. */
  cache_read: number;
  /** Input tokens written to the prompt cache. */
  cache_write: number;
}

/** Tokens and cost of one model. */
export interface ModelUsage extends Usage {
  /** Cost in US dollars; null if it is not known. */
  cost_usd: number | null;
}

/** A tool call that was denied. */
export interface Denial {
  /** The id of the tool call. */
  tool_use_id: string;
  /** The tool's name. */
  name: string;
}

/** An MCP server of a session. */
export interface McpServer {
  /** The server's name. */
  name: string;
  /** "connected", "failed", and so on. */
  status: string;
}

/** What a file of a workspace sets. Its author can choose the names. */
export interface WorkspaceSettings {
  /** The path of the file. */
  file: string;
  /** The names of settings, such as `hooks`, `env.PATH` or `mcpServers.github`. */
  names: string[];
  /** How many more names there are. */
  omitted?: number;
}

/** The Claude Code executable of a run. */
export interface ClaudeProgram {
  /** The path of the executable. */
  path: string;
  /** Its version, if it is known before the program runs. */
  version?: string;
}

/** The fields that every event has. */
export interface EventBase<Type extends string = string> {
  /** What the event reports. */
  type: Type;
  /** The number of the event in its run: 0, 1, 2, without a gap. */
  seq: number;
  /**
   * Milliseconds since the start of the run, or in a replay since the first message that states a time; null
   * if a replayed message states none.
   */
  time_ms: number | null;
  /** The tool call whose subagent the event belongs to. */
  parent_tool_use_id?: string;
}

/** Emitted once, as the first event, before claude is started. */
export interface StartEvent extends EventBase<"start"> {
  /** The vocabulary that the events follow. */
  schema: typeof SCHEMA_ID;
  /** The version of ccrun. */
  ccrun: string;
  /** When the run or the stored session started, as an RFC 3339 time; null when replaying a stream. */
  time: string | null;
  /** The claude that runs; null when replaying claude's stream, and if none was found. */
  claude: ClaudeProgram | null;
  /** The working directory; null when replaying claude's stream. */
  cwd: string | null;
  /** The session that is resumed. */
  resume?: string;
}

/** Emitted when the session is known, when more is known about it, and when its id changes. */
export interface SessionInfoEvent extends EventBase<"session_info"> {
  /** The session id, which `--resume` accepts; absent if Claude Code does not state it. */
  session_id?: string;
  /** The model of the main agent. */
  model?: string;
  /** The directory that claude works in. */
  cwd?: string;
  /** The permission mode: "default", "acceptEdits", "plan", and so on. */
  permission_mode?: string;
  /** The names of the tools that the model can call. */
  tools?: string[];
  /** The MCP servers, connected or not. */
  mcp_servers?: McpServer[];
  /** The version of Claude Code. */
  claude_version?: string;
}

/** The fields of every event that carries a block, or a part of a block, of the model. */
export interface BlockEvent<Type extends string = string> extends EventBase<Type> {
  /** The text of the block, or of its part. */
  text: string;
  /** The model's message that the block belongs to. */
  message_id: string;
  /** The position of the block in its message, from 0. */
  index: number;
}

/** Emitted when the model has completed a block of text. */
export interface TextEvent extends BlockEvent<"text"> {
  /** Whether Claude Code wrote the text itself, for example because the API failed. */
  synthetic?: boolean;
  /** Whether the text continues the previous text, which was cut off. */
  continues?: boolean;
}

/** Emitted when the model has completed a block of thinking. */
export interface ThinkingEvent extends BlockEvent<"thinking"> {
}

/** Emitted when the model generates a part of a text, with `--partial`. The `text` event follows. */
export interface TextDeltaEvent extends BlockEvent<"text_delta"> {
}

/** Emitted when the model generates a part of its thinking, with `--partial`. The `thinking` event follows. */
export interface ThinkingDeltaEvent extends BlockEvent<"thinking_delta"> {
}

/** Emitted when the conversation contains a user message that is not the result of a tool. */
export interface UserTextEvent extends EventBase<"user_text"> {
  /** The text of the message. */
  text: string;
  /**
   * Where the text comes from: the user's prompt (only in a stored session), the prompt of a subagent, a
   * text that Claude Code wrote, the summary that replaces a compacted conversation, the note that an
   * interruption leaves, the request to continue a message that was cut off, a repeated message, or
   * something else.
   */
  kind:
    | "prompt"
    | "subagent"
    | "synthetic"
    | "compaction"
    | "interruption"
    | "continuation"
    | "replay"
    | "other";
}

/** Emitted when the model calls a tool. */
export interface ToolUseEvent extends EventBase<"tool_use"> {
  /** The id of the tool call, which other events have as `tool_use_id`. */
  id: string;
  /** The tool's name. */
  name: string;
  /** The tool's input. Its fields depend on the tool. */
  input: { [key: string]: unknown };
}

/** Emitted when Claude Code reports that a tool is still running. */
export interface ToolProgressEvent extends EventBase<"tool_progress"> {
  /** The id of the tool call. */
  tool_use_id: string;
  /** The tool's name. */
  name: string;
  /** How long the tool has been running, in milliseconds. */
  elapsed_ms: number;
}

/** Emitted when a tool has ended. */
export interface ToolResultEvent extends EventBase<"tool_result"> {
  /** The id of the tool call. */
  tool_use_id: string;
  /** The tool's name; "unknown" if ccrun did not see the call. */
  name: string;
  /** Whether the tool failed. */
  is_error: boolean;
  /** The output as text. Other content is named in brackets. */
  text: string;
  /** The content blocks, if they contain more than the text. */
  content?: unknown[];
  /** The change of an existing file, as a unified diff without the names of the file. */
  diff?: string;
  /**
   * Milliseconds from the call to the result; null if ccrun did not see the call, or does not know when
   * it was.
   */
  duration_ms: number | null;
  /** Whether an interrupt stopped the tool or kept it from starting. */
  interrupted?: boolean;
}

/** Emitted when a background task or a subagent changes its state. */
export interface TaskEvent extends EventBase<"task"> {
  /** The id of the task. */
  task_id: string;
  /** The tool call that started the task. */
  tool_use_id?: string;
  /** The new state of the task. */
  status: "started" | "progress" | "completed" | "failed" | "stopped";
  /** What the task should do. */
  description?: string;
  /** What the task did. */
  summary?: string;
  /** The resources that the task used, as Claude Code reports them. */
  usage?: { [key: string]: unknown };
  /** Whether the session does not wait for the task. */
  ambient?: boolean;
}

/** Emitted when an API request failed and Claude Code is about to send it again. */
export interface RetryEvent extends EventBase<"retry"> {
  /** The number of this retry, from 1. */
  attempt: number;
  /** The maximum number of retries. */
  max_retries: number;
  /** The time until the retry, in milliseconds. */
  delay_ms: number;
  /** The HTTP status of the failure. */
  http_status?: number;
  /** "overloaded", "rate_limit", "authentication_failed", and so on. */
  reason: string;
  /** The address whose connection failed: scheme, host and port. */
  address?: string;
  /** The address of the proxy through which the request was sent. */
  proxy?: string;
}

/**
 * Emitted when the run waits before it resumes the session: until a usage limit is reset, or because the API
 * failed. Emitted again every half hour.
 */
export interface WaitingEvent extends EventBase<"waiting"> {
  /** Why the attempt before has ended. */
  reason: "quota" | "api";
  /** That failure in words. */
  message: string;
  /** When the run continues, as an RFC 3339 time. */
  until: string;
  /** When the usage limit is reset, as an RFC 3339 time, if that is known. */
  resets_at?: string;
  /** The number of the next attempt after a failure of the API, from 2. */
  attempt?: number;
  /** How many attempts there can be. */
  max_attempts?: number;
}

/** Emitted when the API reports the state of a rate limit. */
export interface RateLimitEvent extends EventBase<"rate_limit"> {
  /** "allowed", "allowed_warning" or "rejected". */
  status: string;
  /** When the limit is reset, as an RFC 3339 time. */
  resets_at?: string;
  /** Which limit it is: "five_hour", "seven_day", and so on. */
  kind?: string;
  /** The used share of the limit, from 0 to 1. */
  utilization?: number;
}

/** Emitted when the tokens of a message of the model are known. A later one of a message replaces it. */
export interface UsageEvent extends EventBase<"usage"> {
  /** The id of the message. */
  message_id: string;
  /** The model that wrote the message. */
  model?: string;
  /** The tokens of the message. */
  usage: Usage;
}

/** What can deny a tool call. */
export const DENIAL_CAUSES = [
  /** Nothing has approved the call. */
  "approval",
  /** A rule denies it. */
  "deny_rule",
  /** A rule demands a confirmation, whatever is allowed. */
  "ask_rule",
  /** A safety check of Claude Code denies it, whatever is allowed. */
  "safety_check",
  /** Claude Code denies it even if permissions are skipped. */
  "dangerous",
  /** A hook denies it, or demands a confirmation. */
  "hook",
  /** The permission prompt tool denies it. */
  "prompt_tool",
  /** Something else denies it, for example a hook that gives a reason of its own. */
  "other",
] as const;

/** What denied a tool call. */
export type DenialCause = typeof DENIAL_CAUSES[number];

/** Emitted when a tool call is denied, once for each call. */
export interface PermissionDeniedEvent extends EventBase<"permission_denied"> {
  /** The id of the tool call. */
  tool_use_id: string;
  /** The tool's name. */
  name: string;
  /** Why the call was denied. */
  reason?: string;
  /** What denied the call. */
  cause?: DenialCause;
}

/** Emitted when something is worth knowing that has no event of its own. */
export interface NoticeEvent extends EventBase<"notice"> {
  /** How important the notice is. */
  level: "info" | "warning" | "error";
  /** "compaction", "hook", "status", "plugin", "stderr", and so on. */
  kind: string;
  /** The notice in words. */
  text: string;
  /** The ids of messages that no longer count. */
  retracts?: string[];
  /** The page of a published change, for example of a pull request. */
  url?: string;
  /** What an untrusted workspace sets, by file. */
  workspace_settings?: WorkspaceSettings[];
  /** The message or the block of Claude Code, unchanged. */
  data?: { [key: string]: unknown };
}

/**
 * Emitted when Claude Code reports the result of a turn. Background tasks start further turns. The numbers
 * are those of the turn; the `exit` event has their sums.
 */
export interface ResultEvent extends EventBase<"result"> {
  /** Whether the result is a success. */
  ok: boolean;
  /** "success", "error_max_turns", "error_during_execution", and so on. */
  subtype: string;
  /** The result in the words of Claude Code: often only the last block of text. */
  text: string;
  /** What claude said when it had finished working, in all turns so far. */
  answer?: string;
  /** The value that `--json-schema` asked for, from this turn or an earlier one. */
  structured_output?: unknown;
  /** The session id, which `--resume` accepts. */
  session_id?: string;
  /** What started the turn, if it was not the prompt: "task-notification", and so on. */
  origin?: string;
  /** The number of requests to the model; null if it is not known, as is each number below. */
  turns: number | null;
  /** The time this result took, in milliseconds. */
  duration_ms: number | null;
  /** The time spent in the API so far, in milliseconds. */
  api_duration_ms: number | null;
  /** The cost in US dollars. */
  cost_usd: number | null;
  /** The tokens, with those of subagents. */
  usage: Usage | null;
  /** Tokens and cost by model. */
  models?: { [model: string]: ModelUsage };
  /** The tool calls that were denied. */
  denials: Denial[];
  /** The errors that Claude Code reports. */
  errors: string[];
  /** Why the model stopped: "end_turn", "tool_use", "refusal", and so on. */
  stop_reason?: string;
  /** Why the turn ended: "completed", "max_turns", "aborted_tools", and so on. */
  terminal_reason?: string;
  /** The tool call that a hook deferred. */
  deferred_tool_use?: { [key: string]: unknown };
  /** The HTTP status of the API failure that ended the run. */
  http_status?: number;
  /** The name of that API failure: "overloaded", "rate_limit", and so on. */
  api_error?: string;
  /** Whether the output of claude ends in the middle of the result, so that fields are missing. */
  truncated?: boolean;
}

/** Emitted when claude writes a line that is not a JSON object. */
export interface RawEvent extends EventBase<"raw"> {
  /** The line. */
  content: string;
  /** Whether the line was longer than the limit and is truncated. */
  truncated?: boolean;
}

/** Emitted when claude sends a message that this version of ccrun does not know. */
export interface UnknownEvent extends EventBase<"unknown"> {
  /** The complete message. */
  event: { [key: string]: unknown };
}

/** Emitted once, just before `exit`, when the exit code is not 0. */
export interface ErrorEvent extends EventBase<"error"> {
  /** The failure; its `kind` is the reason of the `exit` event. */
  error: Failure;
}

/** Emitted once, as the last event. */
export interface ExitEvent extends EventBase<"exit"> {
  /** The exit code of ccrun. */
  code: number;
  /** The name of the exit code; null if a stored session does not tell how it ended. */
  reason: ExitReason | null;
  /** Whether the run succeeded; null if a stored session does not tell. The exit code is 0 then, too. */
  ok: boolean | null;
  /** The session id, which `--resume` accepts. */
  session_id?: string;
  /** The command that resumes the session, without a prompt, if the session is stored. */
  resume?: string;
  /** The signal that ccrun received. */
  signal?: string;
  /** The exit code of claude itself, which does not decide the outcome. */
  claude_exit_code?: number;
  /** The signal that terminated claude. */
  claude_signal?: string;
  /** The end of the stderr of claude, if the run failed. */
  stderr?: string;
  /** When the usage limit that ended the run is reset, as an RFC 3339 time. */
  resets_at?: string;
  /** The number of requests to the model; null if it is not known. */
  turns: number | null;
  /** The cost of this run in US dollars; null if it is not known. */
  cost_usd: number | null;
  /** The tokens of this run, with those of subagents; null if they are not known. */
  usage: Usage | null;
  /** Tokens and cost by model. */
  models?: { [model: string]: ModelUsage };
  /** The time of the whole run, or of the turns of a stored session; null when replaying a stream. */
  duration_ms: number | null;
}

/** An event of any type. */
export type RunEvent =
  | StartEvent
  | SessionInfoEvent
  | TextEvent
  | ThinkingEvent
  | TextDeltaEvent
  | ThinkingDeltaEvent
  | UserTextEvent
  | ToolUseEvent
  | ToolProgressEvent
  | ToolResultEvent
  | TaskEvent
  | RetryEvent
  | RateLimitEvent
  | WaitingEvent
  | UsageEvent
  | PermissionDeniedEvent
  | NoticeEvent
  | ResultEvent
  | RawEvent
  | UnknownEvent
  | ErrorEvent
  | ExitEvent;

/** The `type` of an event. */
export type EventType = RunEvent["type"];

/** The event of one type. */
export type EventOf<K extends EventType> = Extract<RunEvent, { type: K }>;

/** An event without its number and its time, which an {@linkcode EventFactory} adds. */
export type EventBody<K extends EventType = EventType> = {
  [T in K]: { type: T } & Omit<EventOf<T>, "type" | "seq" | "time_ms">;
}[K];

/** The types of all events. */
export const EVENT_TYPES: readonly EventType[] = [
  "start",
  "session_info",
  "text",
  "thinking",
  "text_delta",
  "thinking_delta",
  "user_text",
  "tool_use",
  "tool_progress",
  "tool_result",
  "task",
  "retry",
  "rate_limit",
  "waiting",
  "usage",
  "permission_denied",
  "notice",
  "result",
  "raw",
  "unknown",
  "error",
  "exit",
];

/** The usage of a run without messages. */
export const NO_USAGE: Usage = { input: 0, output: 0, cache_read: 0, cache_write: 0 };

/** Returns the tokens of two usages together. */
export function addUsage(one: Usage, other: Usage): Usage {
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    cache_read: one.cache_read + other.cache_read,
    cache_write: one.cache_write + other.cache_write,
  };
}

/** Returns the number of tokens that the model read, from the cache or not. */
export function inputTokens({ input, cache_read, cache_write }: Usage): number {
  return input + cache_read + cache_write;
}

/** Turns the bodies of a run's events into events. */
export interface EventFactory {
  /** Returns the event with the next number and the current time. */
  <K extends EventType>(body: EventBody<K>): EventOf<K>;
}

/**
 * Creates the event factory of one run.
 *
 * @param clock returns the milliseconds since the start of the run, or null in a replay
 * @param firstSeq the number of the first event. @default {0}
 *
 * @example
 * ```ts
 * import { createEventFactory } from "./events.ts";
 *
 * const createEvent = createEventFactory(() => null);
 * const event = createEvent({ type: "raw", content: "hello" });
 * console.log(event.seq, event.time_ms); // 0 null
 * ```
 */
export function createEventFactory(clock: () => number | null, firstSeq = 0): EventFactory {
  let seq = firstSeq;
  return <K extends EventType>(body: EventBody<K>): EventOf<K> => {
    // In this order, a line of JSON begins with the three fields that every event has.
    const event = { type: body.type, seq: seq++, time_ms: clock(), ...(body as object) };
    return event as unknown as EventOf<K>;
  };
}

/** Returns the body of a `start` event of this version. */
export function startBody(
  details: Omit<EventBody<"start">, "type" | "schema" | "ccrun">,
): EventBody<"start"> {
  return { type: "start", schema: SCHEMA_ID, ccrun: VERSION, ...details };
}
