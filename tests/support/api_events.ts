/**
 * A model's message in the two shapes of the Messages API: server-sent events, and one JSON object.
 *
 * @module
 */

import { type Block, type MessageReply, SUB_AGENT_TOOLS, type Usage } from "./api_reply.ts";
import type { ApiRequest } from "./api_request.ts";
import { asArray, asObject, asString, type JsonObject } from "./json.ts";

/** Generates the ids of one server. The same script gets the same ids. */
export interface ApiIds {
  /** Returns the next id of a message: `msg_1`, `msg_2`, ... */
  message(): string;
  /** Returns the next id of a tool use: `toolu_1`, `toolu_2`, ... */
  toolUse(): string;
  /** Skips the ids that this conversation already uses. */
  skipUsed(request: ApiRequest): void;
}

/**
 * Creates the ids of one server. A session that is resumed on another server already has ids. Claude Code
 * treats a tool use with a known id as the old one, so these ids are skipped.
 */
export function makeApiIds(): ApiIds {
  let messages = 0;
  let toolUses = 0;
  return {
    message: () => `msg_${++messages}`,
    toolUse: () => `toolu_${++toolUses}`,
    skipUsed(request) {
      const history = asArray(request.body.messages).map(asObject);
      const replies = history.filter((message) => message.role === "assistant");
      messages = Math.max(messages, replies.length);
      for (const block of replies.flatMap((reply) => asArray(reply.content))) {
        const number = /^toolu_(\d+)$/.exec(asString(asObject(block).id))?.[1];
        toolUses = Math.max(toolUses, Number(number ?? 0));
      }
    },
  };
}

/** The token counts unless a script sets them. */
const DEFAULT_USAGE: Usage = {
  input_tokens: 120,
  output_tokens: 42,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/** The pieces of a longer text are larger, because a text of megabytes would be a million events. */
const MAX_DELTAS = 200;

/** Short enough that the input of a tool arrives in pieces. */
const INPUT_PIECE_LENGTH = 24;

/** Returns the message as one JSON object, for a request without `stream`. */
export function messageObject(reply: MessageReply, request: ApiRequest, ids: ApiIds): JsonObject {
  return {
    ...messageHead(request, ids),
    content: reply.blocks.map((block) => contentBlock(block, request, ids)),
    stop_reason: stopReason(reply),
    usage: { ...DEFAULT_USAGE, ...reply.usage },
  };
}

/** One server-sent event. */
export interface ApiEvent {
  readonly data: JsonObject;
  /** Whether it contains a piece of a block. Delays are between these. */
  readonly isDelta: boolean;
}

/** Yields the events of a message. */
export function* messageEvents(
  reply: MessageReply,
  request: ApiRequest,
  ids: ApiIds,
): Generator<ApiEvent> {
  const usage = { ...DEFAULT_USAGE, ...reply.usage };
  yield other({
    type: "message_start",
    message: {
      ...messageHead(request, ids),
      content: [],
      stop_reason: null,
      usage: { ...usage, output_tokens: 1 },
    },
  });
  yield other({ type: "ping" });
  for (const [index, block] of reply.blocks.entries()) {
    yield other({
      type: "content_block_start",
      index,
      content_block: emptied(contentBlock(block, request, ids)),
    });
    for (const delta of deltas(block)) {
      yield { data: { type: "content_block_delta", index, delta }, isDelta: true };
    }
    yield other({ type: "content_block_stop", index });
  }
  yield other({
    type: "message_delta",
    delta: { stop_reason: stopReason(reply), stop_sequence: null },
    usage: { output_tokens: usage.output_tokens },
  });
  yield other({ type: "message_stop" });
}

function other(data: JsonObject): ApiEvent {
  return { data, isDelta: false };
}

function messageHead(request: ApiRequest, ids: ApiIds): JsonObject {
  return {
    id: ids.message(),
    type: "message",
    role: "assistant",
    model: request.model,
    stop_sequence: null,
  };
}

function stopReason(reply: MessageReply): string {
  const usesTool = reply.blocks.some((block) => block.type === "tool_use");
  return reply.stopReason ?? (usesTool ? "tool_use" : "end_turn");
}

function contentBlock(block: Block, request: ApiRequest, ids: ApiIds): JsonObject {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text };
    case "thinking":
      return { type: "thinking", thinking: block.thinking, signature: "sig" };
    case "tool_use":
      return {
        type: "tool_use",
        id: ids.toolUse(),
        name: toolName(block.name, request),
        input: block.input,
      };
  }
}

/** Returns the name of the tool in this version of Claude Code. The tool for subagents was renamed. */
function toolName(name: string, request: ApiRequest): string {
  if (!SUB_AGENT_TOOLS.includes(name)) return name;
  return SUB_AGENT_TOOLS.find((known) => request.tools.includes(known)) ?? name;
}

/** Returns a block without its content, as a stream starts it. */
function emptied(block: JsonObject): JsonObject {
  switch (block.type) {
    case "text":
      return { ...block, text: "" };
    case "thinking":
      return { ...block, thinking: "", signature: "" };
    default:
      return { ...block, input: {} };
  }
}

function* deltas(block: Block): Generator<JsonObject> {
  switch (block.type) {
    case "text":
      for (const text of words(block.text)) yield { type: "text_delta", text };
      return;
    case "thinking":
      for (const thinking of words(block.thinking)) yield { type: "thinking_delta", thinking };
      yield { type: "signature_delta", signature: "sig" };
      return;
    case "tool_use":
      for (const part of pieces(JSON.stringify(block.input), INPUT_PIECE_LENGTH)) {
        yield { type: "input_json_delta", partial_json: part };
      }
  }
}

/** Splits a text into words, each with the space before it. */
function words(text: string): readonly string[] {
  if (text.length > MAX_DELTAS * INPUT_PIECE_LENGTH) return pieces(text, 1);
  return text.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? [];
}

/** Splits a text into a limited number of pieces, which have at least this length. */
function pieces(text: string, atLeast: number): readonly string[] {
  const length = Math.max(atLeast, Math.ceil(text.length / MAX_DELTAS));
  const parts: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = start + length;
    // A half of a surrogate pair would become a replacement character.
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}
