import type { EventOf } from "../../events.ts";
import { containsText } from "../../util/contains_text.ts";

/** Collects what failed results say, until it is known whether the error of the run repeats it. */
export class FailedResult {
  #texts: string[] = [];

  /**
   * Records a result.
   *
   * @param shownText the last text that was shown, which need not be shown again
   */
  record(event: EventOf<"result">, shownText: string): void {
    if (event.ok) return;
    const shown = shownText.trim();
    for (const text of [event.text, ...event.errors]) {
      const trimmed = text.trim();
      const isKnown = trimmed === "" || shown.endsWith(trimmed) || this.#texts.includes(trimmed);
      if (!isKnown) this.#texts.push(trimmed);
    }
  }

  /** Returns the texts that `error` does not contain, and forgets all. */
  takeUnless(error: string): string[] {
    const texts = this.#texts.filter((text) => !containsText(error, text));
    this.#texts = [];
    return texts;
  }
}
