/**
 * The messages of Claude Code. `parseMessage` is the one place that distrusts what Claude Code
 * writes; everything after it works on these values.
 *
 * @module
 */

import type { EventBody, Usage } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import type { AssistantBlock, UserBlock } from "./content_blocks.ts";
import type { StreamEvent } from "./partial_messages.ts";

/** What an init message states about the session. */
export type SessionDetails = Omit<EventBody<"session_info">, "type" | "session_id">;

/** The start of a turn. */
export interface InitMessage {
  readonly kind: "init";
  readonly details: SessionDetails;
  /** Where the API key comes from. */
  readonly apiKeySource: string | undefined;
}

/** A message of the model, or a part of it. */
export interface AssistantMessage {
  readonly kind: "assistant";
  readonly id: string;
  /** The id of the line. A message has a line for each block. */
  readonly lineId: string | undefined;
  /** Whether Claude Code wrote the message itself. */
  readonly isSynthetic: boolean;
  readonly model: string | undefined;
  /** The tokens of the message so far. */
  readonly usage: Usage | undefined;
  /** Why the model stopped, if the message states it. */
  readonly stopReason: string | undefined;
  /** The name of the API error that the message reports. */
  readonly apiError: string | undefined;
  /** Whether it reports that a local command failed. */
  readonly isCommandFailure: boolean;
  readonly blocks: readonly AssistantBlock[];
}

/** Tool results, or text in the place of the user. */
export interface UserMessage {
  readonly kind: "user";
  readonly blocks: readonly UserBlock[];
  /** Whether it asks the model to continue a message that was cut off. */
  readonly asksToContinue: boolean;
  /** What a local command wrote. */
  readonly commandOutput: CommandOutput | undefined;
  /** When a wake-up that the model scheduled is due, in milliseconds since 1970. */
  readonly wakesAt: number | undefined;
}

/** What a local command, such as a slash command, wrote. */
export interface CommandOutput {
  readonly isError: boolean;
  readonly text: string;
}

/** The result of a turn. */
export interface ResultMessage {
  readonly kind: "result";
  /** The result without cost and tokens, which depend on earlier results. */
  readonly result: EventBody<"result">;
  readonly isError: boolean;
  /** Whether the prompt was a command that Claude Code runs itself. */
  readonly isLocalCommand: boolean;
  /** Whether the main agent used tokens. Those of a session's title are not among them. */
  readonly hasUsedTokens: boolean;
}

/** A change in the state of a background task or a subagent. */
export interface TaskMessage {
  readonly kind: "task";
  readonly change: "task_started" | "task_progress" | "task_updated" | "task_notification";
  readonly taskId: string;
  readonly toolUseId: string | undefined;
  readonly status: string | undefined;
  readonly description: string | undefined;
  readonly summary: string | undefined;
  readonly usage: JsonObject | undefined;
  /** Whether the run does not wait for it. */
  readonly isAmbient: boolean;
}

/** A denied tool call. */
export interface PermissionDeniedMessage {
  readonly kind: "permission_denied";
  readonly denial: EventBody<"permission_denied">;
}

/** An API request that failed and will be retried. */
export interface RetryMessage {
  readonly kind: "retry";
  readonly retry: EventBody<"retry">;
  /** The name of the API error. */
  readonly apiError: string | undefined;
}

export type MessageContent =
  | InitMessage
  | AssistantMessage
  | UserMessage
  | ResultMessage
  | TaskMessage
  | PermissionDeniedMessage
  | RetryMessage
  /** A piece of a message that is being generated. */
  | { readonly kind: "stream"; readonly event: StreamEvent }
  /** A message that becomes one event, whatever came before it. */
  | { readonly kind: "event"; readonly event: EventBody; readonly endsTasks?: boolean }
  /** A message without content, which only shows that Claude Code is alive. */
  | { readonly kind: "empty" }
  /** A message of an unknown kind. */
  | { readonly kind: "other" };

/** A message of Claude Code. */
export type ClaudeMessage = MessageContent & {
  /** The message as Claude Code wrote it. */
  readonly json: JsonObject;
  readonly sessionId: string | undefined;
  /** The tool call whose subagent sent the message. */
  readonly parent: string | undefined;
  /** The ids of messages and of lines that no longer count. */
  readonly retracted: readonly string[];
};
