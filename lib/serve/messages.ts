/**
 * The lines that `ccrun serve` reads and writes.
 *
 * @module
 */

import type { ImageMediaType } from "../claude/prompt_image.ts";
import type { Failure } from "../errors.ts";
import type { RunEvent } from "../events.ts";

/** The id of the protocol. */
export const SERVE_SCHEMA_ID = "ccrun.serve/1";

/** An image of a prompt: PNG, JPEG, GIF or WebP. */
export interface RequestImage {
  readonly media_type: ImageMediaType;
  /** The bytes of the image in Base64. */
  readonly data: string;
}

/** A prompt for a conversation. */
export interface PromptRequest {
  /** The name of the request in the output. */
  readonly id: string;
  /** A name for the conversation, or the id of a session. @default a new conversation */
  readonly session?: string;
  readonly prompt: string;
  readonly model?: string;
  readonly permission_mode?: string;
  /** How long the run may take, such as `90s`. */
  readonly timeout?: string;
  /** The working directory of a new conversation. */
  readonly cwd?: string;
  /** Whether the conversation continues in a copy of its session. */
  readonly fork?: boolean;
  /** Images that belong to the prompt. */
  readonly images?: readonly RequestImage[];
}

/** Stops a request. */
export interface CancelRequest {
  /** The id of the request to stop. */
  readonly cancel: string;
}

/** Ends a conversation after its requests, and forgets its name. */
export interface CloseRequest {
  /** The name of the conversation, or the id of its session. */
  readonly close: string;
}

/** Asks for the numbers of the service. */
export interface StatsRequest {
  readonly stats: true;
}

/** A line that `ccrun serve` reads. */
export type ServeInput = PromptRequest | CancelRequest | CloseRequest | StatsRequest;

/** The first line of the output. */
export interface ReadyMessage {
  readonly type: "ready";
  readonly schema: typeof SERVE_SCHEMA_ID;
  /** The version of ccrun. */
  readonly ccrun: string;
  /** The process id of the service. */
  readonly pid: number;
  /** The working directory of conversations that name none. */
  readonly cwd: string;
  /** How many requests run at the same time. */
  readonly jobs: number;
  /** How many claudes there can be. */
  readonly max_processes: number;
}

/** An event of a request: one of `ccrun --json`, with the request and its conversation. */
export type RequestEvent = RunEvent & {
  readonly request: string;
  /** The conversation as the request named it. */
  readonly session: string;
};

/**
 * A line of the input that is not valid, or a failure of the service. It ends no request: only an error
 * with `seq` is an event of one.
 */
export interface InputErrorMessage {
  readonly type: "error";
  /** The number of the line, from 1; null if the failure is that of the service. */
  readonly line: number | null;
  /** The id in the line, if it could be read. */
  readonly request?: string;
  readonly error: Failure;
}

/** The answer to {@linkcode CancelRequest}. The request still ends with its own `exit`. */
export interface CanceledMessage {
  readonly type: "canceled";
  readonly request: string;
  /** What the request did; `unknown` if there is no such request, or it has ended. */
  readonly state: "waiting" | "running" | "unknown";
}

/** The answer to {@linkcode CloseRequest}, when the conversation has ended. */
export interface ClosedMessage {
  readonly type: "closed";
  readonly session: string;
  /** The session of the conversation, which can be resumed by this id; null if there is none. */
  readonly session_id: string | null;
  /** Whether there was such a conversation. */
  readonly known: boolean;
}

/** The answer to {@linkcode StatsRequest}. */
export interface StatsMessage {
  readonly type: "stats";
  /** How many conversations the service remembers. */
  readonly conversations: number;
  /** How many requests run. */
  readonly running: number;
  /** How many requests wait. */
  readonly waiting: number;
  /** How many claudes there are, or are being started. */
  readonly processes: number;
}

/** A line that `ccrun serve` writes. */
export type ServeOutput =
  | ReadyMessage
  | RequestEvent
  | InputErrorMessage
  | CanceledMessage
  | ClosedMessage
  | StatsMessage;
