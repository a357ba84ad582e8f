import type { ClaudeMessage, CommandOutput } from "../claude/messages.ts";
import type { EventOf, RunEvent } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { detach, sliceStart } from "../util/truncate.ts";
import { TurnTexts } from "./answer.ts";

/** What happened in a turn, as far as the outcome depends on it. */
export interface TurnEvidence {
  /** Whether the model has sent a message. */
  readonly hasModelMessage: boolean;
  /** Whether the model was asked, even if its messages are missing. */
  readonly hasUsedTokens?: boolean | undefined;
  /** Why the model stopped, if a message stated it. */
  readonly stopReason?: string | undefined;
  /** The last text that Claude Code wrote in the place of the model. */
  readonly syntheticText?: string | undefined;
  /** What a local command wrote, and whether it failed. */
  readonly commandOutput?: CommandOutput | undefined;
  /** Whether the conversation was compacted or cleared. */
  readonly hasChangedConversation: boolean;
}

/** How much is kept of a text that Claude Code wrote. */
const MAX_SYNTHETIC_LENGTH = 8000;

/** One turn of the main agent. */
export class Turn {
  readonly texts = new TurnTexts();
  evidence: TurnEvidence = { hasModelMessage: false, hasChangedConversation: false };

  /** Whether the model has not been heard in it. */
  get isEmpty(): boolean {
    return !this.evidence.hasModelMessage && this.evidence.syntheticText === undefined;
  }

  /** Records what a message shows about the turn. */
  recordMessage(message: ClaudeMessage): void {
    const { kind, json } = message;
    if (kind === "assistant" && !message.isSynthetic) {
      const { stopReason } = message;
      this.#add({ hasModelMessage: true, ...(stopReason === undefined ? {} : { stopReason }) });
    } else if (kind === "assistant") {
      if (message.isCommandFailure) this.#add({ commandOutput: { isError: true, text: "" } });
    } else if (kind === "user") {
      if (!message.asksToContinue) this.texts.interrupt();
      if (message.commandOutput !== undefined) {
        this.#add({ commandOutput: message.commandOutput });
      }
    } else if (kind === "result") {
      const isSilent = message.isLocalCommand && this.evidence.commandOutput === undefined;
      if (isSilent) this.#add({ commandOutput: { isError: false, text: "" } });
      this.#add({ hasUsedTokens: message.hasUsedTokens });
    } else if (kind === "event" && changesConversation(json)) {
      this.#add({ hasChangedConversation: true });
    }
  }

  /** Records an event of the main agent. */
  recordEvent(event: EventOf<"text" | "tool_use">): void {
    if (event.type === "tool_use") this.texts.startTool();
    else if (event.synthetic) this.#add({ syntheticText: keepStart(event.text) });
    else this.texts.add(event);
  }

  #add(evidence: Partial<TurnEvidence>): void {
    this.evidence = { ...this.evidence, ...evidence };
  }
}

/** How many turns can lack their results, which come a few turns late at most. */
const MAX_OPEN_TURNS = 100;

/**
 * Divides what the main agent does into turns.
 *
 * An init message begins a turn, a result ends one. Results can come late, several in a row, when the next
 * turns have begun.
 */
export class Turns {
  /** The turns without a result, the oldest first. */
  #open: Turn[] = [];

  /** The turn in progress. */
  get current(): Turn {
    const last = this.#open.at(-1);
    if (last !== undefined) return last;
    const turn = new Turn();
    this.#open.push(turn);
    return turn;
  }

  /** Records a message of the main agent, before its events. */
  recordMessage(message: ClaudeMessage): void {
    if (message.kind === "init") this.#begin();
    else if (message.kind !== "result") this.current.recordMessage(message);
    else (this.#open[0] ?? this.current).recordMessage(message);
  }

  /** Records an event of the main agent. */
  recordEvent(event: RunEvent): void {
    if (event.type === "text" || event.type === "tool_use") this.current.recordEvent(event);
    if (event.type === "notice" && event.retracts !== undefined) {
      this.current.texts.retract(event.retracts);
    }
  }

  /** Ends the turn that a result belongs to, and returns it. */
  end(result: EventOf<"result">): Turn {
    const turn = this.#open.shift() ?? new Turn();
    const text = result.text.trim();
    if (text === "" || saysLast(turn, text)) return turn;
    // Without the result of an earlier turn, this one would end the wrong turn.
    const index = this.#open.findIndex((later) => saysLast(later, text));
    if (index === -1) return turn;
    return this.#open.splice(0, index + 1).at(-1) ?? turn;
  }

  #begin(): void {
    // What precedes an init belongs to its turn.
    if (this.#open.at(-1)?.isEmpty) return;
    this.#open.push(new Turn());
    if (this.#open.length > MAX_OPEN_TURNS) this.#open.shift();
  }
}

function changesConversation(json: JsonObject): boolean {
  return json["type"] === "conversation_reset" || json["subtype"] === "compact_boundary";
}

function saysLast({ texts }: Turn, text: string): boolean {
  return texts.final.at(-1)?.trim().endsWith(text) ?? false;
}

function keepStart(text: string): string {
  return detach(sliceStart(text, MAX_SYNTHETIC_LENGTH));
}
