import type { ClaudeMessage } from "./messages.ts";

/** Tracks whether Claude Code has something left to do, apart from background tasks. */
export class TurnProgress {
  /** How many turns have no result yet. Their results can come late, several in a row. */
  #openTurns = 0;
  #hasAnsweredPrompt = false;
  #wakesAt: number | undefined;
  #hasWakeUps = false;

  /** Whether the prompt has its result, and no turn is in progress. */
  get isIdle(): boolean {
    return this.#hasAnsweredPrompt && this.#openTurns === 0;
  }

  /**
   * Whether Claude Code needs its stdin: until the prompt has its result, and for the turns that the model
   * has scheduled. At the end of stdin it exits without them.
   */
  get needsInput(): boolean {
    const isScheduledTurnOpen = this.#hasWakeUps && this.#openTurns > 0;
    return !this.#hasAnsweredPrompt || this.#wakesAt !== undefined || isScheduledTurnOpen;
  }

  /** When a turn begins that the model has scheduled, in milliseconds since 1970. */
  get wakesAt(): number | undefined {
    return this.#wakesAt;
  }

  record(message: ClaudeMessage): void {
    switch (message.kind) {
      case "init":
        this.#openTurns++;
        this.#wakesAt = undefined;
        break;
      case "assistant":
      case "stream":
        if (message.parent === undefined) this.#openTurns = Math.max(1, this.#openTurns);
        break;
      case "user":
        if (message.wakesAt === undefined) break;
        // 0 cancels the wake-up.
        this.#wakesAt = message.wakesAt || undefined;
        this.#hasWakeUps = true;
        break;
      case "result":
        this.#openTurns = Math.max(0, this.#openTurns - 1);
        if (message.result.origin === undefined) this.#hasAnsweredPrompt = true;
    }
  }
}
