import type { EventOf, RunEvent } from "../../events.ts";
import { trimLineEnds } from "../../util/lines.ts";

/** The types that show that the pending text is not the answer, because the run continues or fails. */
const CONTINUING_TYPES: ReadonlySet<RunEvent["type"]> = new Set([
  "text",
  "thinking",
  "text_delta",
  "thinking_delta",
  "tool_use",
  "tool_result",
  "user_text",
  "error",
]);

/**
 * Holds the last text of a run whose answer is printed elsewhere. Later events decide whether it is the
 * answer and is dropped, or is shown as progress.
 */
export class PendingAnswer {
  readonly #show: (event: EventOf<"text">) => void;
  #text: EventOf<"text"> | undefined;
  #isAnswer = false;
  #isDropped = false;

  /** Creates a holder that calls `show` with a text that is not the answer. */
  constructor(show: (event: EventOf<"text">) => void) {
    this.#show = show;
  }

  /** Whether the last text was not shown. */
  get isHidden(): boolean {
    return this.#text !== undefined || this.#isDropped;
  }

  /** Holds a text. */
  hold(event: EventOf<"text">): void {
    this.#text = event;
    this.#isAnswer = false;
    this.#isDropped = false;
  }

  /** Shows the text, if one is held. */
  flush(): void {
    const text = this.#text;
    this.#text = undefined;
    if (text !== undefined) this.#show(text);
  }

  /** Shows or drops the text if the event decides that. Called before the event is shown. */
  observe(event: RunEvent): void {
    if (this.#text === undefined) return;
    if (event.type === "result") this.#observeResult(event, this.#text);
    else if (event.type === "exit") this.#observeExit(event);
    else if (CONTINUING_TYPES.has(event.type)) this.flush();
  }

  #observeResult(event: EventOf<"result">, text: EventOf<"text">): void {
    const isSame = trimLineEnds(event.text) === trimLineEnds(text.text);
    if (event.ok) {
      // The results of several turns may arrive together, so this does not decide.
      this.#isAnswer = isSame && event.structured_output === undefined;
    } else if (isSame && text.synthetic === true) {
      // The error of the run has the same text.
      this.#text = undefined;
    } else {
      this.flush();
    }
  }

  #observeExit(event: EventOf<"exit">): void {
    if (!this.#isAnswer || !event.ok) return this.flush();
    this.#text = undefined;
    this.#isDropped = true;
  }
}
