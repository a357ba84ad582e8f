/**
 * Runs Claude Code without its interactive screen, and reports what it does as events.
 *
 * @module
 */

export {
  ClaudeSession,
  type ClaudeSessionOptions,
  type RunOptions,
  type WarmUpOptions,
} from "./session.ts";
export {
  ClaudeSessionPool,
  type ClaudeSessionPoolOptions,
  type PooledSession,
  type PooledSessionOptions,
  type PoolStats,
} from "./session_pool.ts";
export type { ImageMediaType, PromptImage } from "./claude/prompt_image.ts";
export type { ClaudeOptions } from "./claude/options.ts";
export {
  type BlockEvent,
  type ClaudeProgram,
  createEventFactory,
  type Denial,
  DENIAL_CAUSES,
  type DenialCause,
  type ErrorEvent,
  EVENT_TYPES,
  type EventBase,
  type EventBody,
  type EventFactory,
  type EventOf,
  type EventType,
  type ExitEvent,
  type McpServer,
  type ModelUsage,
  type NoticeEvent,
  type PermissionDeniedEvent,
  type RateLimitEvent,
  type RawEvent,
  type ResultEvent,
  type RetryEvent,
  type RunEvent,
  SCHEMA_ID,
  type SessionInfoEvent,
  type StartEvent,
  type TaskEvent,
  type TextDeltaEvent,
  type TextEvent,
  type ThinkingDeltaEvent,
  type ThinkingEvent,
  type ToolProgressEvent,
  type ToolResultEvent,
  type ToolUseEvent,
  type UnknownEvent,
  type Usage,
  type UsageEvent,
  type UserTextEvent,
  type WaitingEvent,
  type WorkspaceSettings,
} from "./events.ts";
export { eventSchema } from "./json_schema.ts";
export type { JsonSchema } from "./util/typed_schema.ts";
export { CcrunError, type Failure } from "./errors.ts";
export { EXIT_CODES, type ExitReason, type FailureReason, type StopSignal } from "./exit_codes.ts";
export type { AttemptOptions } from "./run/attempt_policy.ts";
export type { CommonRunOptions, RunCallbacks } from "./run/request.ts";
export type { LeftoverProcess } from "./process/guardian.ts";
export type { StopReason } from "./run/stop_reason.ts";
export type { AnswerScope } from "./run/answer.ts";
export { Normalizer, type NormalizerOptions } from "./claude/normalizer.ts";
export {
  type CommonReplayOptions,
  replay,
  type ReplayOptions,
  replaySession,
  type ReplaySessionOptions,
} from "./run/replay.ts";
export type { FileChange, GrowingFileOptions } from "./stream/growing_file.ts";
export { isPendingSessionId, sessionIdIn } from "./claude/session_id.ts";
export type { Env } from "./util/env.ts";
export type { JsonObject } from "./util/json.ts";
export { VERSION } from "./version.ts";
