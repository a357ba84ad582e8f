import { type BlockEvent, type EventBody, NO_USAGE, type Usage } from "../events.ts";
import type { StreamEvent } from "./partial_messages.ts";

/** Where a block is: its message, and its index in it. */
export type BlockPosition = Pick<BlockEvent, "message_id" | "index">;

/** A message of the model that may not be complete. */
interface OpenMessage {
  readonly id: string;
  /** How many complete blocks have arrived. */
  blockCount: number;
  /** Its tokens, as counted when it started. */
  usage: Usage;
}

/** Tracks the current message of the main conversation and of each subagent. */
export class OpenMessages {
  #messages = new Map<string, OpenMessage>();

  /** Returns the position of the next complete block of a message. */
  nextBlockPosition(id: string, parent: string | undefined): BlockPosition {
    return { message_id: id, index: this.#open(id, parent).blockCount++ };
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
        this.#open(event.id, parent).usage = event.usage;
        return undefined;
      case "delta": {
        const { block, text, index } = event;
        return { type: `${block}_delta`, text, message_id: current?.id ?? "", index };
      }
      case "message_delta": {
        if (current === undefined) return undefined;
        const usage = completeUsage(event.usage, current.usage);
        return { type: "usage", message_id: current.id, usage };
      }
      case "redundant":
        return undefined;
    }
  }

  /** Returns the message called `id`, which becomes the current one of its conversation. */
  #open(id: string, parent = ""): OpenMessage {
    const current = this.#messages.get(parent);
    if (current?.id === id) return current;
    const message = { id, blockCount: 0, usage: { ...NO_USAGE } };
    this.#messages.set(parent, message);
    return message;
  }
}

/** Returns the totals at the end of a message, which leave out what has not changed since its start. */
function completeUsage(end: Usage, start: Usage): Usage {
  return {
    input: end.input || start.input,
    output: end.output || start.output,
    cache_read: end.cache_read || start.cache_read,
    cache_write: end.cache_write || start.cache_write,
  };
}
