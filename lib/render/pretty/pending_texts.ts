import type { EventOf, RunEvent } from "../../events.ts";
import { containsText } from "../../util/contains_text.ts";
import { trimLineEnds } from "../../util/lines.ts";

/** A text that was withheld: a text of the main agent, or what a failed result reports. */
export type PendingText =
  | EventOf<"text">
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

/**
 * Withholds the texts that the end of a run may print elsewhere, so that they are shown once: the last
 * text, which may be the answer, and the texts of a failed result, which the error may repeat. If the
 * run continues or ends otherwise, they are released.
 */
export class PendingTexts {
  readonly #isAnswerElsewhere: boolean;
  #text: EventOf<"text"> | undefined;
  /** Whether the last result has the pending text. */
  #isAnswer = false;
  #failures: string[] = [];
  #shownText = "";

  /** Creates an empty store. `isAnswerElsewhere` is whether the answer is printed elsewhere. */
  constructor(isAnswerElsewhere: boolean) {
    this.#isAnswerElsewhere = isAnswerElsewhere;
  }

  /** The last text of the main agent that was not withheld, or was released. */
  get shownText(): string {
    return this.#shownText;
  }

  /**
   * Withholds a complete text of the main agent if it may be printed elsewhere. Otherwise the text
   * counts as shown.
   *
   * @param isStreamed whether the text was shown while it was generated
   * @returns whether the text is withheld
   */
  withhold(event: EventOf<"text">, isStreamed: boolean): boolean {
    // A text of Claude Code itself is often the failure, which the error repeats.
    const mayBeElsewhere = this.#isAnswerElsewhere || event.synthetic === true;
    if (isStreamed || !mayBeElsewhere) {
      this.#shownText = event.text;
      return false;
    }
    this.#text = event;
    this.#isAnswer = false;
    return true;
  }

  /** Returns the texts to show before an event, because nothing else will print them. */
  release(event: RunEvent): PendingText[] {
    if (BACKGROUND_TYPES.has(event.type)) return [];
    const failures = this.#releaseFailures(event.type === "error" ? event.error.message : "");
    const texts = this.#releaseText(event);
    if (event.type === "result" && !event.ok) this.#withholdFailures(event);
    return [...texts, ...failures];
  }

  #releaseText(event: RunEvent): EventOf<"text">[] {
    const text = this.#text;
    if (text === undefined) return [];
    if (event.type === "result" && event.ok && this.#isAnswerElsewhere) {
      // The results of several turns may arrive together, so only the exit decides.
      this.#isAnswer = isSameText(event, text) && event.structured_output === undefined;
      return [];
    }
    this.#text = undefined;
    if (this.#isElsewhere(text, event)) return [];
    this.#shownText = text.text;
    return [text];
  }

  #isElsewhere(text: EventOf<"text">, event: RunEvent): boolean {
    if (event.type === "exit") return event.ok && this.#isAnswer;
    // The texts of a failed result are withheld, too.
    return event.type === "result" && !event.ok && text.synthetic === true &&
      isSameText(event, text);
  }

  #withholdFailures({ text, errors }: EventOf<"result">): void {
    const shown = this.#shownText.trim();
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

function isSameText(result: EventOf<"result">, { text }: EventOf<"text">): boolean {
  return trimLineEnds(result.text) === trimLineEnds(text);
}
