/**
 * What the scripted Messages API can answer: the words in which tests write a model's part.
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

/** The options of a message. */
export interface MessageOptions {
  /**
   * Milliseconds between two deltas.
   *
   * @default {0}
   */
  readonly delayMs?: number;
  /** Token counts other than the usual ones. */
  readonly usage?: Partial<Usage>;
  /** Why the model stopped; by default `tool_use` when it used a tool, else `end_turn`. */
  readonly stopReason?: string;
  /** After the first delta, the rest waits for this. */
  readonly pause?: Promise<unknown>;
}

/** Token counts, as the Messages API names them. */
export interface Usage {
  /** Tokens that were read anew. */
  readonly input_tokens: number;
  /** Tokens that were written. */
  readonly output_tokens: number;
  /** Tokens that were put into the cache. */
  readonly cache_creation_input_tokens: number;
  /** Tokens that came out of the cache. */
  readonly cache_read_input_tokens: number;
}

/** What the server answers to one request. A lone block is a message of it; a function is asked for each request. */
export type Reply =
  | Block
  | MessageReply
  | ErrorReply
  | { readonly type: "hang" }
  | { readonly type: "hold"; readonly until: Promise<unknown>; readonly reply: Reply }
  | ((request: ApiRequest) => Reply);

/** A whole message of the model. */
export interface MessageReply extends MessageOptions {
  /** The kind of the reply. */
  readonly type: "message";
  /** Its blocks, in order. */
  readonly blocks: readonly Block[];
}

/** An error of the API. */
export interface ErrorReply {
  /** The kind of the reply. */
  readonly type: "error";
  /** The HTTP status. */
  readonly status: number;
  /** Such as `authentication_error`. */
  readonly errorType: string;
  /** The text for people. */
  readonly message: string;
  /** Further headers, such as `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A block of text, streamed word by word. */
export function text(text: string): Block {
  return { type: "text", text };
}

/** A block of thinking. */
export function thinking(thinking: string): Block {
  return { type: "thinking", thinking };
}

/** The use of a tool. Its id (`toolu_1` ...) is given by the server. */
export function toolUse(name: string, input: JsonObject): Block {
  return { type: "tool_use", name, input };
}

/** What a sub-agent is asked. */
export interface SubAgentInput {
  /** The prompt; `script` recognises the sub-agent's conversation by a part of it. */
  readonly prompt: string;
  /**
   * A few words for the person who watches.
   *
   * @default {"Look around"}
   */
  readonly description?: string;
  /**
   * The kind of agent.
   *
   * @default {"general-purpose"}
   */
  readonly agent?: string;
  /** Whether it works in the background. 2.1.330 does so by default; 2.0.25 cannot. */
  readonly background?: boolean;
}

/** The tool that starts a sub-agent, newest name first. The server uses the one that the request offers. */
export const SUB_AGENT_TOOLS: readonly string[] = ["Agent", "Task"];

/** The use of the tool that starts a sub-agent, under whatever name this version of Claude Code offers it. */
export function subAgent(input: SubAgentInput): Block {
  return toolUse(SUB_AGENT_TOOLS[0] ?? "", {
    description: input.description ?? "Look around",
    prompt: input.prompt,
    subagent_type: input.agent ?? "general-purpose",
    ...(input.background === undefined ? {} : { run_in_background: input.background }),
  });
}

/**
 * A message of several blocks.
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

/** An error of the API, such as `apiError(529, "overloaded_error", "Overloaded")`. */
export function apiError(
  status: number,
  errorType: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorReply {
  return { type: "error", status, errorType, message, headers };
}

/** The request is accepted and never answered. */
export function hang(): Reply {
  return { type: "hang" };
}

/** The reply comes when the promise resolves: so a test waits for a condition and never sleeps. */
export function hold(until: Promise<unknown>, reply: Reply): Reply {
  return { type: "hold", until, reply };
}

/** The first request gets the first reply, and so on; the last one stays. For retries, which are requests of one turn. */
export function attempts(...replies: readonly [Reply, ...Reply[]]): Reply {
  let count = 0;
  return () => replies[Math.min(count++, replies.length - 1)] ?? replies[0];
}

/** Tells how to answer a request. */
export type Respond = (request: ApiRequest) => Reply;

/** What a script knows beside the main conversation. */
export interface ScriptOptions {
  /** Replies for sub-agents, by a text that their prompt contains. */
  readonly subagents?: Readonly<Record<string, readonly Reply[]>>;
}

/**
 * Answers the n-th turn of a conversation with the n-th reply. A conversation of a sub-agent is recognised by the
 * prompt it began with. A new prompt in a resumed session begins again at the first reply. Requests without tools
 * get a short text.
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
    // A plain 400 ends the run at once and says why; anything else would be retried for minutes.
    return reply ?? apiError(400, "invalid_request_error", scriptEnd(request, agent?.[0]));
  };
}

function scriptEnd(request: ApiRequest, agent: string | undefined): string {
  const whose = agent === undefined ? "the script" : `the script of sub-agent "${agent}"`;
  return `${whose} has no reply for turn ${request.turn} of "${request.userText.slice(0, 80)}"`;
}

/** Some versions of Claude Code start sub-agents in advance with this prompt, to fill the cache. */
export function isWarmUp(request: ApiRequest): boolean {
  return request.userText.trim() === "Warmup";
}
