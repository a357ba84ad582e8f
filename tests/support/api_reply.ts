/**
 * The replies of the scripted Messages API.
 *
 * @module
 */

import type { ApiRequest } from "./api_request.ts";
import type { JsonObject } from "./json.ts";

/** One block of a model's message. */
export type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string }
  | { readonly type: "tool_use"; readonly name: string; readonly input: JsonObject };

/** Options of a message. */
export interface MessageOptions {
  /** Milliseconds between two deltas. @default {0} */
  readonly delayMs?: number;
  /** Token counts that differ from the default. */
  readonly usage?: Partial<Usage>;
  /** Why the model stopped. @default {`tool_use` if it used a tool, else `end_turn`} */
  readonly stopReason?: string;
  /** Is awaited after the first delta. */
  readonly pause?: Promise<unknown>;
  /** The number of deltas after which the connection breaks. @default never */
  readonly breaksAfter?: number;
}

/** Token counts of the Messages API. */
export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

/** The reply to one request. A block is a message with this block. A function is called for each request. */
export type Reply =
  | Block
  | MessageReply
  | ErrorReply
  | { readonly type: "hang" }
  | { readonly type: "hold"; readonly until: Promise<unknown>; readonly reply: Reply }
  | ((request: ApiRequest) => Reply);

/** A message of the model. */
export interface MessageReply extends MessageOptions {
  readonly type: "message";
  readonly blocks: readonly Block[];
}

/** An error of the API. */
export interface ErrorReply {
  readonly type: "error";
  readonly status: number;
  /** For example `authentication_error`. */
  readonly errorType: string;
  readonly message: string;
  /** Additional headers, for example `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns a block of text, which is streamed word by word. */
export function text(text: string): Block {
  return { type: "text", text };
}

/** Returns a block of thinking. */
export function thinking(thinking: string): Block {
  return { type: "thinking", thinking };
}

/** Returns a tool use. The server generates its id (`toolu_1`, ...). */
export function toolUse(name: string, input: JsonObject): Block {
  return { type: "tool_use", name, input };
}

/** The input of a subagent. */
export interface SubAgentInput {
  /** The prompt. `script` identifies the conversation by a part of it. */
  readonly prompt: string;
  /** A short description. @default {"Look around"} */
  readonly description?: string;
  /** Whether it runs in the background. This is the default in 2.1.330 and impossible in 2.0.25. */
  readonly background?: boolean;
}

/** The names of the tool that starts a subagent, newest first. The server uses the one in the request. */
export const SUB_AGENT_TOOLS: readonly string[] = ["Agent", "Task"];

/** Returns a use of the tool that starts a subagent. */
export function subagent(input: SubAgentInput): Block {
  return toolUse(SUB_AGENT_TOOLS[0] ?? "", {
    description: input.description ?? "Look around",
    prompt: input.prompt,
    subagent_type: "general-purpose",
    ...(input.background === undefined ? {} : { run_in_background: input.background }),
  });
}

/**
 * Returns a message of several blocks.
 *
 * @example With options
 * ```ts
 * message(thinking("Hm."), toolUse("Bash", { command: "ls" }), { delayMs: 20 });
 * ```
 */
export function message(
  ...parts: readonly Block[] | readonly [...Block[], MessageOptions]
): MessageReply {
  const blocks: Block[] = [];
  let options: MessageOptions = {};
  for (const part of parts) {
    if ("type" in part) blocks.push(part);
    else options = part;
  }
  return { ...options, type: "message", blocks };
}

/** Returns an error of the API, for example `apiError(529, "overloaded_error", "Overloaded")`. */
export function apiError(
  status: number,
  errorType: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorReply {
  return { type: "error", status, errorType, message, headers };
}

/** Returns a reply that never arrives. */
export function hang(): Reply {
  return { type: "hang" };
}

/** Returns a reply that is sent when the promise resolves. */
export function hold(until: Promise<unknown>, reply: Reply): Reply {
  return { type: "hold", until, reply };
}

/** Returns a sequence of replies for the retries of one turn. The last one is repeated. */
export function attempts(...replies: readonly [Reply, ...Reply[]]): Reply {
  let count = 0;
  return () => replies[Math.min(count++, replies.length - 1)] ?? replies[0];
}

/** Returns the reply to a request. */
export type Respond = (request: ApiRequest) => Reply;

/** Options of {@linkcode script}. */
export interface ScriptOptions {
  /** Replies for subagents, by a text that their prompt contains. */
  readonly subagents?: Readonly<Record<string, readonly Reply[]>>;
}

/**
 * Replies to the n-th turn of a conversation with the n-th reply. The first prompt identifies the conversation
 * of a subagent. A new prompt in a resumed session starts at the first reply again. The reply to a request
 * without tools is a short text.
 *
 * @example A tool, then an answer
 * ```ts
 * script([toolUse("Bash", { command: "ls" }), text("Done.")]);
 * ```
 */
export function script(replies: readonly Reply[], options: ScriptOptions = {}): Respond {
  return (request) => {
    if (!request.hasTools || isWarmUp(request)) return text("Ready");
    const agent = Object.entries(options.subagents ?? {})
      .find(([part]) => request.firstPrompt.includes(part));
    const reply = (agent?.[1] ?? replies)[request.turn];
    // Claude Code would retry after another status for minutes.
    return reply ?? apiError(400, "invalid_request_error", scriptEnd(request, agent?.[0]));
  };
}

/** Replies to the n-th request of all conversations with the n-th reply, also if it repeats an earlier one. */
export function inOrder(replies: readonly Reply[]): Respond {
  let next = 0;
  return (request) => {
    if (!request.hasTools || isWarmUp(request)) return text("Ready");
    const reply = replies[next++];
    return reply ?? apiError(400, "invalid_request_error", scriptEnd(request, undefined));
  };
}

function scriptEnd(request: ApiRequest, agent: string | undefined): string {
  const whose = agent === undefined ? "the script" : `the script of subagent "${agent}"`;
  return `${whose} has no reply for turn ${request.turn} of "${request.userText.slice(0, 80)}"`;
}

/** Returns whether a request only fills the cache. Some versions send it before a subagent starts. */
export function isWarmUp(request: ApiRequest): boolean {
  return request.userText.trim() === "Warmup";
}
