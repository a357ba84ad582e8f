/**
 * The answer of a run: what claude said when it had finished working.
 *
 * @module
 */

import type { EventOf } from "../events.ts";
import { trimLineEnds } from "../util/lines.ts";
import { stringifySafe } from "../util/safe_json.ts";

/** Which turns the answer consists of: all of them, or the last one. */
export type AnswerScope = "all" | "last";

/** Separates the texts of messages and of turns. */
const SEPARATOR = "\n\n";

/** Blocks of text that read as one text. */
interface Text {
  readonly messages: Set<string>;
  value: string;
  /** Where a block has to be to follow directly. */
  next: { readonly message: string; readonly index: number };
}

/** Collects what the main agent says in one turn. */
export class TurnTexts {
  /** The texts since the last tool call. */
  #texts: Text[] = [];
  /** The last text before the last tool call. */
  #earlierText: Text | undefined;
  /** Whether something other than the model's text has followed the last text. */
  #isInterrupted = false;

  /** Records a block of text. */
  add(event: EventOf<"text">): void {
    if (event.text === "") return;
    const { message_id: message, index, text } = event;
    const last = this.#texts.at(-1);
    const next = { message, index: index + 1 };
    if (last !== undefined && (event.continues || this.#follows(last, event))) {
      last.value += text;
      last.messages.add(message);
      last.next = next;
    } else {
      this.#texts.push({ messages: new Set([message]), value: text, next });
    }
    this.#isInterrupted = false;
  }

  /** Records a user message. */
  interrupt(): void {
    this.#isInterrupted = true;
  }

  /** Records a tool call. What the model said before it is not the answer. */
  startTool(): void {
    this.#earlierText = this.#texts.at(-1) ?? this.#earlierText;
    this.#texts = [];
  }

  /** Removes the texts of messages that no longer count. */
  retract(messages: readonly string[]): void {
    const counts = (text: Text) => !messages.some((message) => text.messages.has(message));
    this.#texts = this.#texts.filter(counts);
    if (this.#earlierText !== undefined && !counts(this.#earlierText)) {
      this.#earlierText = undefined;
    }
  }

  /** What the model said after the last tool call. */
  get final(): readonly string[] {
    return this.#texts.map(({ value }) => value);
  }

  /** The last text before the last tool call. */
  get earlier(): string | undefined {
    return this.#earlierText?.value;
  }

  #follows({ next }: Text, { message_id: message, index }: EventOf<"text">): boolean {
    return !this.#isInterrupted && next.message === message && next.index === index;
  }
}

/** What a turn of the main agent adds to the answer. */
export interface TurnAnswer {
  readonly texts: readonly string[];
  /** Whether the model said nothing after its last tool call, so that an earlier text has to do. */
  readonly isEarlierText: boolean;
}

/**
 * Returns what a turn adds to the answer.
 *
 * @param commandOutput what a local command wrote, which the result may leave out
 */
export function turnAnswer(
  turn: TurnTexts,
  result: EventOf<"result">,
  commandOutput = "",
): TurnAnswer {
  const said = turn.final.filter(hasContent);
  const stated = hasContent(result.text) ? [result.text] : [];
  if (said.length > 0) {
    // A line that could not be read may be missing.
    const isComplete = stated.every((text) => said.join(SEPARATOR).includes(text.trim()));
    return { texts: isComplete ? said : [...said, ...stated], isEarlierText: false };
  }
  const earlier = hasContent(turn.earlier) ? [turn.earlier] : [];
  if (stated.length > 0) {
    return { texts: stated, isEarlierText: earlier[0]?.trim() === result.text.trim() };
  }
  if (earlier.length > 0) return { texts: earlier, isEarlierText: true };
  return { texts: [commandOutput].filter(hasContent), isEarlierText: false };
}

function hasContent(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

/** Collects the answer of a run from its turns. */
export class Answer {
  readonly #scope: AnswerScope;
  /** The texts so far. Appending to a string copies none of them. */
  #text = "";
  #lastText: string | undefined;
  #structuredOutput: unknown;

  constructor(scope: AnswerScope) {
    this.#scope = scope;
  }

  /** Adds a turn that has succeeded. */
  add({ texts }: TurnAnswer, result: EventOf<"result">): void {
    this.#structuredOutput = result.structured_output ?? this.#structuredOutput;
    if (texts.length > 0 && this.#scope === "last") this.#lastText = undefined;
    for (const text of texts) this.#addText(text);
  }

  #addText(text: string): void {
    const last = this.#lastText;
    this.#lastText = text.trim();
    if (last === this.#lastText) return;
    const value = trimLineEnds(text);
    this.#text = last === undefined ? value : this.#text + SEPARATOR + value.replace(/^\n+/, "");
  }

  /** The last structured output; undefined if there is none. */
  get structuredOutput(): unknown {
    return this.#structuredOutput;
  }

  /** The answer so far: the structured output as JSON, or the texts; empty if there are none. */
  get text(): string {
    return this.#structuredOutput === undefined
      ? this.#text
      : stringifySafe(this.#structuredOutput);
  }
}
