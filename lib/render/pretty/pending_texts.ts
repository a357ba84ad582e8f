import type { EventOf, RunEvent } from "../../events.ts";
import { containsText } from "../../util/contains_text.ts";
import { answerOf } from "../../util/event_text.ts";
import { trimLineEnds } from "../../util/lines.ts";
import { matchAnswer } from "./match_answer.ts";
import type { CompleteEvent } from "./model_block.ts";

/** Something that was withheld: a block of the main agent, or what a failed result reports. */
export type PendingText =
  | CompleteEvent
  | { readonly type: "failure"; readonly text: string };

/** Events that may arrive at any time, so they do not show whether the run continues. */
const BACKGROUND_TYPES: ReadonlySet<RunEvent["type"]> = new Set([
  "notice",
  "usage",
  "rate_limit",
  "task",
  "session_info",
  "tool_progress",
  "permission_denied",
  "retry",
  "unknown",
  "raw",
]);

const NOTHING: readonly PendingText[] = [];

/** The number of shown texts that are kept, so that a run of any length needs little memory. */
const MAX_SHOWN_TEXTS = 1_000;

/**
 * Withholds what the end of a run may print elsewhere, so that it is shown once.
 *
 * The answer consists of the texts of each turn after its last tool call. So a tool call releases the
 * texts of its turn, and the other texts wait for the end of the run. If the run succeeds, those in the
 * answer are dropped. Thinking waits behind a withheld text, to stay in order.
 *
 * The texts of a failed result are withheld, too, because the error of the run may repeat them.
 */
export class PendingTexts {
  readonly #isAnswerElsewhere: boolean;
  /** The withheld blocks of earlier turns. */
  #earlier: CompleteEvent[] = [];
  /** The withheld blocks of the current turn. */
  #current: CompleteEvent[] = [];
  /** The last texts of the main agent that were shown. */
  #shown: EventOf<"text">[] = [];
  /** The last successful result. */
  #result: EventOf<"result"> | undefined;
  #failures: string[] = [];

  /** Creates an empty store. `isAnswerElsewhere` is whether the answer is printed elsewhere. */
  constructor(isAnswerElsewhere: boolean) {
    this.#isAnswerElsewhere = isAnswerElsewhere;
  }

  /** Returns whether every part of an answer was shown. */
  hasShown(answer: string): boolean {
    const { rest } = matchAnswer(answer, this.#shown.map(({ text }) => text));
    return answer.trim() !== "" && rest === "";
  }

  /**
   * Withholds a complete block of the main agent if it may be printed elsewhere, or is behind one.
   * Otherwise the block counts as shown.
   *
   * @param isStreamed whether the block was shown while it was generated
   * @returns whether the block is withheld
   */
  withhold(event: CompleteEvent, isStreamed: boolean): boolean {
    const isWithheld = !isStreamed && this.#mayBeElsewhere(event);
    if (isWithheld) this.#current.push(event);
    else this.#recordShown(event);
    return isWithheld;
  }

  #mayBeElsewhere(event: CompleteEvent): boolean {
    if (event.type === "thinking") return this.#current.length > 0;
    // A text of Claude Code itself is often the failure, which the error repeats.
    return this.#isAnswerElsewhere || event.synthetic === true;
  }

  /**
   * Drops the blocks of a message that no longer counts.
   *
   * @returns whether they were withheld
   */
  retract(messageId: string): boolean {
    const counts = ({ message_id }: CompleteEvent) => message_id !== messageId;
    const isWithheld = !this.#withheld.every(counts);
    this.#keepWithheld(counts);
    this.#shown = this.#shown.filter(counts);
    return isWithheld;
  }

  /** Returns what to show before an event, because nothing else will print it. */
  release(event: RunEvent): readonly PendingText[] {
    const count = this.#earlier.length + this.#current.length + this.#failures.length;
    if (BACKGROUND_TYPES.has(event.type) || count === 0 && event.type !== "result") return NOTHING;
    const failures = this.#releaseFailures(event.type === "error" ? event.error.message : "");
    const blocks = event.type === "result" ? this.#endTurn(event) : this.#releaseBlocks(event);
    return [...blocks, ...failures];
  }

  #releaseBlocks(event: RunEvent): CompleteEvent[] {
    if (event.type === "exit" && event.ok) return this.#releaseUnanswered();
    if (event.type === "error" || event.type === "exit") return this.#releaseAll();
    // The answer is that of the last prompt.
    if (event.type === "user_text" && event.kind === "prompt") return this.#releaseAll();
    const isToolCall = event.type === "tool_use" && event.parent_tool_use_id === undefined;
    return isToolCall || !this.#isAnswerElsewhere ? this.#releaseTurn() : [];
  }

  /** Releases the blocks that are not in the answer. */
  #releaseUnanswered(): CompleteEvent[] {
    const texts = this.#withheld.filter((event) => event.type === "text");
    const answer = this.#result === undefined ? "" : answerOf(this.#result);
    const { found } = matchAnswer(answer, texts.map(({ text }) => text));
    const answered = new Set<CompleteEvent>(texts.filter((_, index) => found[index]));
    this.#keepWithheld((event) => !answered.has(event));
    return this.#releaseAll();
  }

  #endTurn(result: EventOf<"result">): CompleteEvent[] {
    // The failure is withheld by itself.
    this.#keepWithheld((event) => !isFailure(event, result));
    const isAnswer = result.ok && this.#isAnswerElsewhere;
    const released = isAnswer ? [] : this.#releaseTurn();
    if (result.ok) this.#result = result;
    else this.#withholdFailures(result);
    this.#earlier = this.#withheld;
    this.#current = [];
    return released;
  }

  #releaseTurn(): CompleteEvent[] {
    const released = this.#current;
    this.#current = [];
    for (const event of released) this.#recordShown(event);
    return released;
  }

  #releaseAll(): CompleteEvent[] {
    this.#current = this.#withheld;
    this.#earlier = [];
    return this.#releaseTurn();
  }

  /** All withheld blocks. */
  get #withheld(): CompleteEvent[] {
    return [...this.#earlier, ...this.#current];
  }

  #keepWithheld(isKept: (event: CompleteEvent) => boolean): void {
    this.#earlier = this.#earlier.filter(isKept);
    this.#current = this.#current.filter(isKept);
  }

  #recordShown(event: CompleteEvent): void {
    if (event.type !== "text") return;
    this.#shown.push(event);
    if (this.#shown.length > MAX_SHOWN_TEXTS) this.#shown.shift();
  }

  #withholdFailures({ text, errors }: EventOf<"result">): void {
    const shown = this.#shown.at(-1)?.text.trim() ?? "";
    for (const failure of [text, ...errors].map((part) => part.trim())) {
      const isShown = failure === "" || shown.endsWith(failure);
      if (!isShown && !this.#failures.includes(failure)) this.#failures.push(failure);
    }
  }

  #releaseFailures(error: string): PendingText[] {
    const failures = this.#failures.filter((text) => !containsText(error, text));
    this.#failures = [];
    return failures.map((text) => ({ type: "failure", text }));
  }
}

/** Returns whether a text of Claude Code itself is what a failed result reports. */
function isFailure(event: CompleteEvent, result: EventOf<"result">): boolean {
  const isSynthetic = event.type === "text" && event.synthetic === true;
  return !result.ok && isSynthetic && trimLineEnds(event.text) === trimLineEnds(result.text);
}
