import type { EventOf, RunEvent } from "../../events.ts";

/**
 * The last text of a run whose answer is printed elsewhere. It waits until what follows
 * tells whether it is the answer: then it is not shown; else it is shown in its place.
 */
export interface PendingAnswer {
  /** Takes a text to wait. */
  take(event: EventOf<"text">): void;
  /** Is given every event before it is shown: shows the text, or drops it, when that is decided. */
  before(event: RunEvent): void;
  /** Shows the text, if one waits. */
  release(): void;
  /** Whether the last text is not shown: it waits, or was the answer. */
  readonly pending: boolean;
}

/** Makes a {@linkcode PendingAnswer}. `show` is called with a text that is not the answer. */
export function createPendingAnswer(show: (event: EventOf<"text">) => void): PendingAnswer {
  let held: EventOf<"text"> | undefined;
  let isAnswer = false;
  let dropped = false;

  function release(): void {
    if (held === undefined) return;
    const text = held;
    held = undefined;
    show(text);
  }

  return {
    get pending() {
      return held !== undefined || dropped;
    },
    release,
    take(event) {
      held = event;
      isAnswer = false;
      dropped = false;
    },
    before(event) {
      if (held === undefined) return;
      // Refusals are not among what decides: they may be known only when the result comes.
      switch (event.type) {
        case "result":
          if (!event.ok && held.synthetic === true && isSame(event.text, held.text)) {
            // The failure says it.
            held = undefined;
            break;
          }
          if (!event.ok) return release();
          // Not decided yet: results of several turns may come together, the answer's last.
          isAnswer = event.ok && event.structured_output === undefined &&
            isSame(event.text, held.text);
          break;
        case "exit":
          if (isAnswer && event.ok) {
            held = undefined;
            dropped = true;
          } else {
            release();
          }
          break;
        case "text":
        case "thinking":
        case "text_delta":
        case "thinking_delta":
        case "tool_use":
        case "tool_result":
        case "user_text":
        case "error":
          release();
          break;
      }
    },
  };
}

/** Whether two texts make the same answer, which ends with one newline in any case. */
function isSame(a: string, b: string): boolean {
  return a.replace(/[\r\n]+$/, "") === b.replace(/[\r\n]+$/, "");
}
