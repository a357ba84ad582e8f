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
  /** Its tokens, as they were stated last. */
  usage?: Usage | undefined;
  /** Whether it arrives in pieces. The last one states its tokens. */
  isStreamed?: boolean;
  /** Whether its tokens were reported. */
  isCounted?: boolean;
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
   * Records the tokens that a line of a message states. Each line repeats them.
   *
   * @returns the event that reports them, unless they were reported or a piece of the message follows
   */
  countTokens(
    { id, model, usage }: AssistantMessage,
    parent: string | undefined,
  ): EventBody<"usage"> | undefined {
    const message = this.#open(id, parent);
    const isKnown = message.isCounted && (usage?.output ?? 0) <= (message.usage?.output ?? 0);
    if (usage === undefined || message.isStreamed || isKnown) return undefined;
    message.model = model;
    message.usage = usage;
    return report(message);
  }

  /**
   * Records a piece of the current message.
   *
   * @returns the event that reports it, if it has content
   */
  record(event: StreamEvent, parent: string | undefined): EventBody | undefined {
    const current = this.#messages.get(parent ?? "");
    switch (event.type) {
      case "message_start": {
        // A message that was cut off was billed, too.
        const interrupted = this.interrupt(parent);
        const { model, usage } = event;
        Object.assign(this.#open(event.id, parent), { model, usage, isStreamed: true });
        return interrupted;
      }
      case "delta": {
        const { block, text, index } = event;
        return { type: `${block}_delta`, text, message_id: current?.id ?? "", index };
      }
      case "message_delta": {
        if (current === undefined) return undefined;
        current.usage = completeUsage(event.usage, current.usage);
        return report(current);
      }
      case "redundant":
        return undefined;
    }
  }

  /** Returns the event with the tokens of a message whose last piece is missing, if there is one. */
  interrupt(parent: string | undefined): EventBody<"usage"> | undefined {
    const current = this.#messages.get(parent ?? "");
    return current === undefined || current.isCounted ? undefined : report(current);
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

/** Returns the event with the tokens of a message, if they are known. */
function report(message: OpenMessage): EventBody<"usage"> | undefined {
  const { id, model, usage } = message;
  if (usage === undefined) return undefined;
  message.isCounted = true;
  return { type: "usage", message_id: id, ...(model === undefined ? {} : { model }), usage };
}
