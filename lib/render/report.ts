/**
 * A session as a document: everything that its events contain, in the order in which a person reads it.
 * The texts are foreign; the renderers of documents escape them.
 *
 * @module
 */

import type { Failure } from "../errors.ts";
import type { EventOf, ModelUsage, Usage } from "../events.ts";
import type { ToolCallState } from "../util/tool_call_state.ts";
import type { Notice } from "./notices.ts";
import type { ToolCounts } from "./tool_calls.ts";
import type { ToolLabel } from "./tool_label.ts";

/** A session. What is not known is null. */
export interface Report {
  /** When the session started, as an RFC 3339 time. */
  readonly startTime: string | null;
  /** The last known facts about the session. */
  readonly session: ReportSession;
  /** The first prompt. */
  readonly prompt: string | null;
  readonly turns: readonly ReportTurn[];
  /** The number of the last step. */
  readonly lastStepNumber: number;
  /** The answer, with a newline at its end; empty if there is none. */
  readonly answer: string;
  /** Why the run failed. */
  readonly error: Failure | null;
  /** How the session ended; null if the `exit` event has not arrived. */
  readonly exit: EventOf<"exit"> | null;
  /** The number of requests to the model. */
  readonly requestCount: number | null;
  readonly durationMs: number | null;
  readonly usage: Usage | null;
  readonly costUsd: number | null;
  /** Tokens and cost of each model, the most expensive first. */
  readonly models: readonly ReportModel[];
  readonly toolCounts: ToolCounts;
  readonly waits: readonly ReportWait[];
}

/** What is known about a session. */
export interface ReportSession {
  readonly id: string | null;
  readonly model: string | null;
  readonly cwd: string | null;
  readonly permissionMode: string | null;
  readonly claudeVersion: string | null;
}

/** The use of one model. */
export interface ReportModel extends ModelUsage {
  readonly name: string;
}

/** A time in which the session waited for the API or for a usage limit. */
export interface ReportWait {
  readonly cause: "api" | "limit";
  /** Milliseconds since the start of the session. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** The step that reports the wait. */
  readonly stepNumber: number;
  /** The cause in words. */
  readonly text: string;
}

/** What happens from a prompt, or from the end of a background task, to a result. */
export interface ReportTurn {
  /** The number of the turn, from 1. */
  readonly number: number;
  readonly steps: readonly ReportStep[];
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** The result; null if the turn has none. */
  readonly result: EventOf<"result"> | null;
}

/** A part of a turn, or of the work of a subagent. */
export type ReportStep =
  | PromptStep
  | TextStep
  | ThinkingStep
  | CallStep
  | UserTextStep
  | NoticeStep
  | ResultStep;

interface Step<Kind extends string> {
  readonly kind: Kind;
  /** The number of the step in its session, from 1. Steps of subagents that run in parallel interleave. */
  readonly number: number;
  /** Milliseconds since the start of the session. */
  readonly timeMs: number | null;
}

/** A prompt of the user. */
export interface PromptStep extends Step<"prompt"> {
  readonly text: string;
}

/** A text of the model. Blocks that continue each other are one text. */
export interface TextStep extends Step<"text"> {
  readonly text: string;
  /** Whether Claude Code wrote the text itself, for example because the API failed. */
  readonly isSynthetic: boolean;
}

/** A thought of the model. */
export interface ThinkingStep extends Step<"thinking"> {
  readonly text: string;
}

/** A tool call. */
export interface CallStep extends Step<"call"> {
  readonly call: ReportCall;
}

/** A message on the side of the user that is no prompt: see the `kind` of `user_text` events. */
export interface UserTextStep extends Step<"user_text"> {
  readonly source: Exclude<EventOf<"user_text">["kind"], "prompt" | "continuation">;
  readonly text: string;
}

/** A notice or a problem. */
export interface NoticeStep extends Step<"notice"> {
  readonly notice: Notice;
  /** The page of a published change. */
  readonly url: string | null;
}

/** The result of a turn. */
export interface ResultStep extends Step<"result"> {
  readonly result: EventOf<"result">;
  /** Whether the last text of the turn is the text of the result. */
  readonly isRepetition: boolean;
}

/** A tool call, with everything that was recorded of it. */
export interface ReportCall {
  readonly id: string;
  readonly name: string;
  /** The input; null if the call itself was not recorded. */
  readonly input: { readonly [field: string]: unknown } | null;
  readonly label: ToolLabel;
  /** How the call ended; "running" if the recording contains no result. */
  readonly state: ToolCallState;
  readonly startMs: number | null;
  /** When the call, and the subagent or task that it started, had ended. */
  readonly endMs: number | null;
  readonly durationMs: number | null;
  /** The output; null if there is no result. */
  readonly output: string | null;
  readonly images: readonly ReportImage[];
  /** The change of an existing file, as a unified diff without the names of the file. */
  readonly diff: string | null;
  /** Why the call was denied; may be empty. */
  readonly denialReason: string;
  /** The steps of its subagent. */
  readonly steps: readonly ReportStep[];
}

/** An image in the output of a tool. */
export interface ReportImage {
  /** The media type that the recording claims. */
  readonly mediaType: string;
  /** The image in Base64. */
  readonly data: string;
}
