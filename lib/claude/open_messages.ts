import { NO_USAGE, type Usage } from "../events.ts";

/** A message of the model that may not be complete. */
export interface OpenMessage {
  readonly id: string;
  /** How many complete blocks have arrived. */
  blockCount: number;
  /** Its tokens, as counted when it started. */
  usage: Usage;
}

/** Tracks the current message of the main conversation and of each subagent. */
export class OpenMessages {
  #messages = new Map<string, OpenMessage>();

  /** Returns the current message of a conversation. */
  current(parent: string | undefined): OpenMessage | undefined {
    return this.#messages.get(parent ?? "");
  }

  /** Returns the message called `id`, which becomes the current one of its conversation. */
  open(parent: string | undefined, id: string): OpenMessage {
    const current = this.current(parent);
    if (current?.id === id) return current;
    const message = { id, blockCount: 0, usage: { ...NO_USAGE } };
    this.#messages.set(parent ?? "", message);
    return message;
  }
}
