import type { BlockEvent, EventBody, Usage } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";
import type { AssistantMessage } from "./messages.ts";
import type { StreamEvent } from "./partial_messages.ts";

/** Where a block is: its message, and its index in it. */
export type BlockPosition = Pick<BlockEvent, "message_id" | "index">;

/** A message of the model that may not be complete. */
interface OpenMessage {
  readonly id: string;
  /** How many complete blocks have arrived. */
  blockCount: number;
  model?: string | undefined;
  /** Its tokens, as they were counted last. */
  usage?: Usage | undefined;
}

/** How many conversations are tracked: the main one and those of subagents. */
const MAX_CONVERSATIONS = 1_000;

/** Tracks the current message of the main conversation and of each subagent. */
export class OpenMessages {
  #messages = new BoundedMap<string, OpenMessage>(MAX_CONVERSATIONS);

  /** Returns the position of the next complete block of a message. */
  nextBlockPosition(id: string, parent: string | undefined): BlockPosition {
    return { message_id: id, index: this.#open(id, parent).blockCount++ };
  }

  /**
   * Records the tokens that a message states. Each line of a message repeats them.
   *
   * @returns the event that reports them, if they are new
   */
  countTokens(
    { id, model, usage }: Pick<AssistantMessage, "id" | "model" | "usage">,
    parent: string | undefined,
  ): EventBody<"usage"> | undefined {
    const message = this.#open(id, parent);
    message.model = model ?? message.model;
    const isNew = usage !== undefined && usage.output > (message.usage?.output ?? -1);
    if (!isNew) return undefined;
    message.usage = usage;
    return usageEvent(message, usage);
  }

  /**
   * Records a piece of the current message.
   *
   * @returns the event that reports it, if it has content
   */
  record(event: StreamEvent, parent: string | undefined): EventBody | undefined {
    const current = this.#messages.get(parent ?? "");
    switch (event.type) {
      case "message_start":
        return this.countTokens(event, parent);
      case "delta": {
        const { block, text, index } = event;
        return { type: `${block}_delta`, text, message_id: current?.id ?? "", index };
      }
      case "message_delta": {
        if (current === undefined) return undefined;
        current.usage = completeUsage(event.usage, current.usage);
        return usageEvent(current, current.usage);
      }
      case "redundant":
        return undefined;
    }
  }

  /** Returns the message called `id`, which becomes the current one of its conversation. */
  #open(id: string, parent = ""): OpenMessage {
    const current = this.#messages.get(parent);
    if (current?.id === id) return current;
    const message: OpenMessage = { id, blockCount: 0 };
    this.#messages.set(parent, message);
    return message;
  }
}

/** Returns the totals at the end of a message, which leave out what has not changed since its start. */
function completeUsage(end: Usage, start: Usage | undefined): Usage {
  if (start === undefined) return end;
  return {
    input: end.input || start.input,
    output: end.output || start.output,
    cache_read: end.cache_read || start.cache_read,
    cache_write: end.cache_write || start.cache_write,
  };
}

function usageEvent({ id, model }: OpenMessage, usage: Usage): EventBody<"usage"> {
  return { type: "usage", message_id: id, ...(model === undefined ? {} : { model }), usage };
}
