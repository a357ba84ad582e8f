/** What {@linkcode matchAnswer} found. */
export interface AnswerMatch {
  /** Whether the answer contains each of the texts. */
  readonly found: boolean[];
  /** What none of the texts is. */
  readonly rest: string;
}

/**
 * Finds texts in an answer, which consists of texts in their order. White space around them does not
 * count, and of equal neighbors the answer contains one.
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
  let last: string | undefined;
  const found = texts.map((text) => {
    const part = text.trim();
    if (part === last) return true;
    if (!rest.startsWith(part)) return false;
    rest = rest.slice(part.length).trimStart();
    last = part;
    return true;
  });
  return { found, rest };
}
