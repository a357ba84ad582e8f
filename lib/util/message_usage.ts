import { addUsage, type EventOf, NO_USAGE, type Usage } from "../events.ts";

/**
 * Adds up the tokens of messages. Those of the same message replace earlier ones.
 *
 * @example
 * ```ts
 * import { createEventFactory, NO_USAGE } from "../events.ts";
 * import { MessageUsage } from "./message_usage.ts";
 *
 * const createEvent = createEventFactory(() => null);
 * const messages = new MessageUsage();
 * for (const output of [1, 42]) {
 *   const usage = { ...NO_USAGE, output };
 *   messages.record(createEvent({ type: "usage", message_id: "msg_1", usage }));
 * }
 * console.log(messages.total.output); // 42
 * ```
 */
export class MessageUsage {
  /** The last message of each agent, by the tool call that started the agent. */
  #last = new Map<string | undefined, EventOf<"usage">>();
  /** The sum of the messages before those. */
  #earlier: Usage = NO_USAGE;

  /**
   * Records the tokens of a message.
   *
   * @returns whether the message is new: another one than the last of its agent
   */
  record(event: EventOf<"usage">): boolean {
    const { message_id: id, parent_tool_use_id: parent } = event;
    const last = this.#last.get(parent);
    this.#last.set(parent, event);
    if (last?.message_id === id) return false;
    if (last !== undefined) this.#earlier = addUsage(this.#earlier, last.usage);
    return true;
  }

  /** Whether no tokens were recorded. */
  get isEmpty(): boolean {
    return this.#last.size === 0;
  }

  /** The tokens of all messages. */
  get total(): Usage {
    return this.#last.values().reduce((sum, { usage }) => addUsage(sum, usage), this.#earlier);
  }

  /** Forgets all messages. */
  clear(): void {
    this.#last.clear();
    this.#earlier = NO_USAGE;
  }
}
