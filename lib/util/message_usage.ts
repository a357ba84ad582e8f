import { addUsage, type EventOf, NO_USAGE, type Usage } from "../events.ts";

/** How many messages are remembered. A message is repeated only while it is one of the last. */
const MAX_MESSAGES = 100;

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
  /** The tokens of the last messages, by their ids. */
  #last = new Map<string, Usage>();
  /** The sum of the messages before those. */
  #earlier: Usage = NO_USAGE;

  /**
   * Records the tokens of a message.
   *
   * @returns whether the message is new
   */
  record({ message_id: id, usage }: EventOf<"usage">): boolean {
    const isNew = !this.#last.has(id);
    this.#last.set(id, usage);
    const [oldest] = this.#last;
    if (this.#last.size > MAX_MESSAGES && oldest !== undefined) {
      this.#last.delete(oldest[0]);
      this.#earlier = addUsage(this.#earlier, oldest[1]);
    }
    return isNew;
  }

  /** Whether no tokens were recorded. */
  get isEmpty(): boolean {
    return this.#last.size === 0;
  }

  /** The tokens of all messages. */
  get total(): Usage {
    return this.#last.values().reduce(addUsage, this.#earlier);
  }

  /** Forgets all messages. */
  clear(): void {
    this.#last.clear();
    this.#earlier = NO_USAGE;
  }
}
