/** What {@linkcode matchAnswer} found. */
export interface AnswerMatch {
  /** Whether the answer contains each of the texts. */
  readonly found: boolean[];
  /** The beginning of the answer that none of the texts is. */
  readonly rest: string;
}

/**
 * Finds texts in an answer, which consists of some of them in their order. It looks from the end, because
 * the answer ends with the last text. White space around texts does not count, and of equal neighbors
 * the answer contains one.
 *
 * @example
 * ```ts
 * import { matchAnswer } from "./match_answer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const match = matchAnswer("It works.\n\nBye.", ["Hm.", "It works.", "It works.", "Bye."]);
 * assertEquals(match, { found: [false, true, true, true], rest: "" });
 * ```
 */
export function matchAnswer(answer: string, texts: readonly string[]): AnswerMatch {
  let rest = answer.trim();
  let next: string | undefined;
  const found = texts.toReversed().map((text) => {
    const part = text.trim();
    if (part === next) return true;
    if (!rest.endsWith(part)) return false;
    rest = rest.slice(0, rest.length - part.length).trimEnd();
    next = part;
    return true;
  });
  return { found: found.reverse(), rest };
}
