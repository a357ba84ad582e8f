import type { EventOf, RunEvent } from "../../events.ts";
import { containsText } from "../../util/contains_text.ts";
import { trimLineEnds } from "../../util/lines.ts";
import type { CompleteEvent } from "./assistant_text.ts";
import { matchAnswer } from "./match_answer.ts";

/** Something that was withheld: a block of the main agent, or what a failed result reports. */
export type PendingText =
  | CompleteEvent
  | { readonly type: "failure"; readonly text: string };

/** A block that may be a part of the answer. */
interface Candidate {
  readonly event: CompleteEvent;
  isShown: boolean;
}

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

/** Events of the main agent before which its texts are shown: they are no answer, or are out of order. */
const CONTINUING_TYPES: ReadonlySet<RunEvent["type"]> = new Set([
  "tool_use",
  "text_delta",
  "thinking_delta",
]);

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
  /** The texts of each turn after its last tool call, and withheld thinking. */
  #candidates: Candidate[] = [];
  /** How many of the candidates belong to earlier turns. */
  #earlierCount = 0;
  /** The last text of this turn. It is the answer if no text follows the last tool call. */
  #lastText: Candidate | undefined;
  /** The answer so far; undefined if it is not a text. */
  #answer: string | undefined = "";
  #failures: string[] = [];

  /** Creates an empty store. `isAnswerElsewhere` is whether the answer is printed elsewhere. */
  constructor(isAnswerElsewhere: boolean) {
    this.#isAnswerElsewhere = isAnswerElsewhere;
  }

  /** Returns whether every part of an answer was shown. */
  hasShown(answer: string): boolean {
    const shown = this.#candidates.filter(({ isShown }) => isShown);
    return answer.trim() !== "" && matchAnswer(answer, shown.map(textOf)).rest === "";
  }

  /**
   * Withholds a complete block of the main agent if it may be printed elsewhere, or is behind one.
   * Otherwise it counts as shown.
   *
   * @param isStreamed whether the block was shown while it was generated
   * @returns whether the block is withheld
   */
  withhold(event: CompleteEvent, isStreamed: boolean): boolean {
    if (event.type === "thinking") {
      const isBehind = !isStreamed && this.#turn().some(({ isShown }) => !isShown);
      if (isBehind) this.#candidates.push({ event, isShown: false });
      return isBehind;
    }
    // A text of Claude Code itself is often the failure, which the error repeats.
    const mayBeElsewhere = this.#isAnswerElsewhere || event.synthetic === true;
    const isShown = isStreamed || !mayBeElsewhere;
    this.#lastText = { event, isShown };
    this.#candidates.push(this.#lastText);
    return !isShown;
  }

  /** Drops the blocks of messages that no longer count. */
  retract(messageIds: readonly string[]): void {
    this.#keepIf(({ event }) => !messageIds.includes(event.message_id));
  }

  /** Returns what to show before an event, because nothing else will print it. */
  release(event: RunEvent): PendingText[] {
    if (BACKGROUND_TYPES.has(event.type)) return [];
    const failures = this.#releaseFailures(event.type === "error" ? event.error.message : "");
    if (event.type === "result") this.#dropFailure(event);
    const blocks = this.#releaseBlocks(event);
    if (event.type === "result") this.#endTurn(event);
    if (isCallOfMainAgent(event)) this.#candidates.length = this.#earlierCount;
    return [...blocks, ...failures];
  }

  #releaseBlocks(event: RunEvent): CompleteEvent[] {
    switch (event.type) {
      case "error":
        return show(this.#candidates);
      case "exit":
        return event.ok ? this.#releaseUnanswered() : show(this.#candidates);
      case "result":
        return event.ok && this.#isAnswerElsewhere ? [] : show(this.#turn());
      default:
        return this.#continuesTurn(event) ? show(this.#turn()) : [];
    }
  }

  /** Returns whether the withheld texts of the turn belong before an event. */
  #continuesTurn(event: RunEvent): boolean {
    if (!this.#isAnswerElsewhere) return true;
    return event.parent_tool_use_id === undefined && CONTINUING_TYPES.has(event.type);
  }

  /** Returns the blocks that are not in the answer. */
  #releaseUnanswered(): CompleteEvent[] {
    const withheld = this.#candidates.filter(({ isShown }) => !isShown);
    const texts = withheld.filter(({ event }) => event.type === "text");
    const { found } = matchAnswer(this.#answer ?? "", texts.map(textOf));
    const answered = new Set(texts.filter((_, index) => found[index]));
    return show(withheld.filter((block) => !answered.has(block)));
  }

  #keepIf(isKept: (block: Candidate) => boolean): void {
    this.#earlierCount = this.#candidates.slice(0, this.#earlierCount).filter(isKept).length;
    this.#candidates = this.#candidates.filter(isKept);
    if (this.#lastText !== undefined && !isKept(this.#lastText)) this.#lastText = undefined;
  }

  /** Returns the candidates of this turn. */
  #turn(): Candidate[] {
    return this.#candidates.slice(this.#earlierCount);
  }

  /** Drops a text that a failed result repeats, because the failure is withheld, too. */
  #dropFailure(result: EventOf<"result">): void {
    this.#keepIf(({ event, isShown }) => isShown || !isFailure(event, result));
  }

  #endTurn(result: EventOf<"result">): void {
    if (result.ok) this.#recordAnswer(result);
    else this.#withholdFailures(result);
    const hasText = this.#turn().some(({ event }) => event.type === "text");
    if (!hasText && this.#lastText !== undefined) this.#candidates.push(this.#lastText);
    this.#earlierCount = this.#candidates.length;
    this.#lastText = undefined;
  }

  #recordAnswer({ structured_output, answer, text }: EventOf<"result">): void {
    if (structured_output !== undefined) this.#answer = undefined;
    else if (this.#answer !== undefined) this.#answer = answer ?? text;
  }

  #withholdFailures({ text, errors }: EventOf<"result">): void {
    const shown = this.#lastText?.isShown ? this.#lastText.event.text.trim() : "";
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

/** Marks blocks as shown and returns those that were not. */
function show(blocks: readonly Candidate[]): CompleteEvent[] {
  const withheld = blocks.filter(({ isShown }) => !isShown);
  for (const block of withheld) block.isShown = true;
  return withheld.map(({ event }) => event);
}

function textOf({ event }: Candidate): string {
  return event.text;
}

function isCallOfMainAgent(event: RunEvent): boolean {
  return event.type === "tool_use" && event.parent_tool_use_id === undefined;
}

/** Returns whether a text is what a failed result reports, which is withheld by itself. */
function isFailure(event: CompleteEvent, result: EventOf<"result">): boolean {
  const isSynthetic = event.type === "text" && event.synthetic === true;
  return !result.ok && isSynthetic && trimLineEnds(event.text) === trimLineEnds(result.text);
}
