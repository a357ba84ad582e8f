import type { AssistantBlock } from "./content_blocks.ts";
import type { AssistantMessage, ClaudeMessage } from "./messages.ts";

/** Detects messages of the main agent that continue a message that was cut off. */
export class TextContinuity {
  /** The message with the last text, while nothing else has followed. */
  #last: Pick<AssistantMessage, "id" | "stopReason"> | undefined;

  /** Records a message of the main agent, before its blocks. */
  record(message: ClaudeMessage): void {
    const { kind } = message;
    const isBreak = kind === "init" || kind === "result" || message.retracted.length > 0 ||
      kind === "user" && !message.asksToContinue;
    if (isBreak) this.#last = undefined;
  }

  /** Returns whether a block of the model's text continues the last text of another message. */
  continues(message: AssistantMessage, block: AssistantBlock): boolean {
    const last = this.#last;
    // Thinking, even if it is hidden, may precede the continuation.
    if (block.kind === "thinking" || block.kind === "notice") return false;
    this.#last = block.kind === "text" ? message : undefined;
    if (last === undefined || last.id === message.id) return false;
    // Newer versions do not state why the model stopped.
    return last.stopReason === undefined || last.stopReason === "max_tokens";
  }
}
