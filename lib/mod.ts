/**
 * Runs Claude Code without its interactive screen, and reports what it does as events.
 *
 * @module
 */

export { ClaudeSession, type ClaudeSessionOptions, type RunOptions } from "./session.ts";
export type { ClaudeOptions } from "./claude/options.ts";
export type * from "./events.ts";
export { EVENT_TYPES, SCHEMA_ID } from "./events.ts";
export { eventSchema, type JsonSchema } from "./json_schema.ts";
export { CcrunError, type Failure } from "./errors.ts";
export { EXIT_CODES, type ExitReason, type FailureReason, type StopSignal } from "./exit_codes.ts";
export type { CommonRunOptions, RunCallbacks } from "./run/request.ts";
export type { StopReason } from "./run/stop_reason.ts";
export { Normalizer, type NormalizerOptions } from "./claude/normalizer.ts";
export { replay, type ReplayOptions } from "./run/replay.ts";
export type { Env } from "./util/env.ts";
export { VERSION } from "./version.ts";
