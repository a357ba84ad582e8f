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

/** Events of the main agent that belong below its texts. A tool call shows that they are no answer. */
const CONTINUING_TYPES: ReadonlySet<RunEvent["type"]> = new Set([
  "tool_use",
  "text_delta",
  "thinking_delta",
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
  /** The blocks that are not shown. */
  #withheld: CompleteEvent[] = [];
  /** How many of them belong to earlier turns. */
  #earlierCount = 0;
  /** The last texts of the main agent that were shown. */
  #shown: EventOf<"text">[] = [];
  /** The answer so far. */
  #answer = "";
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
    if (isWithheld) this.#withheld.push(event);
    else this.#recordShown(event);
    return isWithheld;
  }

  #mayBeElsewhere(event: CompleteEvent): boolean {
    if (event.type === "thinking") return this.#withheld.length > this.#earlierCount;
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
    const count = this.#withheld.length;
    this.#keepWithheld(counts);
    this.#shown = this.#shown.filter(counts);
    return this.#withheld.length < count;
  }

  /** Returns what to show before an event, because nothing else will print it. */
  release(event: RunEvent): readonly PendingText[] {
    const isEmpty = this.#withheld.length === 0 && this.#failures.length === 0;
    if (BACKGROUND_TYPES.has(event.type) || isEmpty && event.type !== "result") return NOTHING;
    const failures = this.#releaseFailures(event.type === "error" ? event.error.message : "");
    const blocks = event.type === "result" ? this.#endTurn(event) : this.#releaseBlocks(event);
    return [...blocks, ...failures];
  }

  #releaseBlocks(event: RunEvent): CompleteEvent[] {
    if (event.type === "exit" && event.ok) return this.#releaseUnanswered();
    if (event.type === "error" || event.type === "exit") return this.#releaseFrom(0);
    const isContinued = !this.#isAnswerElsewhere ||
      event.parent_tool_use_id === undefined && CONTINUING_TYPES.has(event.type);
    return isContinued ? this.#releaseFrom(this.#earlierCount) : [];
  }

  /** Releases the blocks that are not in the answer. */
  #releaseUnanswered(): CompleteEvent[] {
    const texts = this.#withheld.filter((event) => event.type === "text");
    const { found } = matchAnswer(this.#answer, texts.map(({ text }) => text));
    const answered = new Set<CompleteEvent>(texts.filter((_, index) => found[index]));
    this.#keepWithheld((event) => !answered.has(event));
    return this.#releaseFrom(0);
  }

  #endTurn(result: EventOf<"result">): CompleteEvent[] {
    // The failure is withheld by itself.
    this.#keepWithheld((event) => !isFailure(event, result));
    const isAnswer = result.ok && this.#isAnswerElsewhere;
    const released = isAnswer ? [] : this.#releaseFrom(this.#earlierCount);
    if (result.ok) this.#answer = answerOf(result);
    else this.#withholdFailures(result);
    this.#earlierCount = this.#withheld.length;
    return released;
  }

  /** Releases the blocks from an index on. */
  #releaseFrom(index: number): CompleteEvent[] {
    const released = this.#withheld.splice(index);
    this.#earlierCount = Math.min(this.#earlierCount, index);
    for (const event of released) this.#recordShown(event);
    return released;
  }

  #keepWithheld(isKept: (event: CompleteEvent) => boolean): void {
    this.#earlierCount = this.#withheld.slice(0, this.#earlierCount).filter(isKept).length;
    this.#withheld = this.#withheld.filter(isKept);
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
