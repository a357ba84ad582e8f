/**
 * Partial messages: the events of the Messages API that arrive while a message is being generated.
 *
 * @module
 */

import type { Usage } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { isName } from "../util/plausible.ts";
import { getCount, getId, getObject, getPlausible, getString } from "./json_fields.ts";
import { readUsage } from "./usage.ts";

/** An event of the Messages API. */
export type StreamEvent =
  | {
    readonly type: "message_start";
    readonly id: string;
    readonly model: string | undefined;
    readonly usage: Usage | undefined;
  }
  | {
    readonly type: "delta";
    readonly block: "text" | "thinking";
    readonly text: string;
    readonly index: number;
  }
  | { readonly type: "message_delta"; readonly usage: Usage }
  /** Adds nothing to the complete block, which follows. */
  | { readonly type: "redundant" };

const REDUNDANT: StreamEvent = { type: "redundant" };

/**
 * Reads an event of the Messages API.
 *
 * @returns undefined if its type is not known
 */
export function readStreamEvent(event: JsonObject): StreamEvent | undefined {
  switch (event["type"]) {
    case "message_start": {
      const message = getObject(event, "message");
      const id = getId(message, "id");
      const model = getPlausible(message, "model", isName);
      return { type: "message_start", id, model, usage: readUsage(message["usage"]) };
    }
    case "content_block_delta":
      return readDelta(event);
    case "message_delta": {
      const usage = readUsage(event["usage"]);
      return usage === undefined ? REDUNDANT : { type: "message_delta", usage };
    }
    case "content_block_start":
    case "content_block_stop":
    case "message_stop":
    case "ping":
      return REDUNDANT;
  }
  return undefined;
}

/** Reads a piece of text or thinking. Signatures and pieces of tool inputs are left out. */
function readDelta(event: JsonObject): StreamEvent {
  const delta = getObject(event, "delta");
  const index = getCount(event, "index");
  switch (delta["type"]) {
    case "text_delta":
      return { type: "delta", block: "text", text: getString(delta, "text") ?? "", index };
    case "thinking_delta":
      return { type: "delta", block: "thinking", text: getString(delta, "thinking") ?? "", index };
  }
  return REDUNDANT;
}
