/**
 * A model's message in the two shapes of the Messages API: server-sent events, and one JSON object.
 *
 * @module
 */

import { type Block, type MessageReply, SUB_AGENT_TOOLS, type Usage } from "./api_reply.ts";
import type { ApiRequest } from "./api_request.ts";
import { asArray, asObject, asString, type JsonObject } from "./json.ts";

/** Gives the ids of one server: the same script gives the same ids. */
export interface ApiIds {
  /** The next message's, `msg_1` and on. */
  message(): string;
  /** The next tool use's, `toolu_1` and on. */
  toolUse(): string;
  /** Passes over the ids that this conversation already uses. */
  skipUsed(request: ApiRequest): void;
}

/**
 * Makes the ids of one server. A session that is resumed on another server already has ids of that one, and Claude
 * Code takes a tool use whose id it knows for the old one, so those are passed over.
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

/** What the model is said to have read and written, unless a script says otherwise. */
const USUAL_USAGE: Usage = {
  input_tokens: 120,
  output_tokens: 42,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/** A text of megabytes would be a million events: from here on the pieces grow. */
const MOST_DELTAS = 200;

/** Enough to see that a tool's input comes in pieces. */
const INPUT_PIECE_LENGTH = 24;

/** The message as one JSON object: the answer when `stream` is not true. */
export function messageObject(reply: MessageReply, request: ApiRequest, ids: ApiIds): JsonObject {
  return {
    ...messageHead(request, ids),
    content: reply.blocks.map((block) => contentBlock(block, request, ids)),
    stop_reason: stopReason(reply),
    usage: { ...USUAL_USAGE, ...reply.usage },
  };
}

/** One server-sent event, and whether it is a delta of a block: those are what delays are put between. */
export interface ApiEvent {
  /** The object that is sent. */
  readonly data: JsonObject;
  /** Whether it carries a piece of a block. */
  readonly isDelta: boolean;
}

/** The message as the events of a stream, in order. */
export function* messageEvents(
  reply: MessageReply,
  request: ApiRequest,
  ids: ApiIds,
): Generator<ApiEvent> {
  const usage = { ...USUAL_USAGE, ...reply.usage };
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

/** The name under which this request offers the tool: the sub-agent tool changed its name. */
function toolName(name: string, request: ApiRequest): string {
  if (!SUB_AGENT_TOOLS.includes(name)) return name;
  return SUB_AGENT_TOOLS.find((known) => request.tools.includes(known)) ?? name;
}

/** The block as a stream opens it, before its first delta. */
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

/** The text in pieces of a word each, with the space before it; the pieces together are the text. */
function words(text: string): readonly string[] {
  if (text.length > MOST_DELTAS * INPUT_PIECE_LENGTH) return pieces(text, 1);
  return text.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? [];
}

/** The text cut into pieces of at least this length, and not too many. */
function pieces(text: string, atLeast: number): readonly string[] {
  const length = Math.max(atLeast, Math.ceil(text.length / MOST_DELTAS));
  const parts: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = start + length;
    // A surrogate pair cut in two would arrive as two replacement characters.
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}
