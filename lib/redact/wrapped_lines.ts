/**
 * Line breaks with the indentation of the next line, as they are and as JSON writes them. The second
 * pattern includes what tools write around a break: the number of a line, the mark of a diff, a quotation,
 * or a comment, and the mark of a line that continues. What repeats is bounded, because V8 keeps a stack entry for each repetition.
 */
const LINE_BREAKS = [
  /(?:\r?\n|\\{1,4}n)[ \t]{0,256}/g,
  /(?:[\\=]?\r?\n|\\{1,4}n)[ \t]{0,256}(?:\d{1,7}[:→|\t]|[-+>|#*]|\/\/)?[ \t]{0,256}/g,
] as const;

/**
 * Replaces the matches of a pattern that begin on one line and continue on the next ones. A match on a
 * single line stays.
 *
 * @example
 * ```ts
 * import { replaceAcrossLines } from "./wrapped_lines.ts";
 *
 * console.log(replaceAcrossLines("it is corr\n  ect.", /correct/g, "[redacted]")); // it is [redacted].
 * ```
 *
 * @param pattern a pattern with the flag `g`
 */
export function replaceAcrossLines(text: string, pattern: RegExp, replacement: string): string {
  return LINE_BREAKS.reduce(
    (replaced, lineBreak) => replaceJoined(replaced, lineBreak, { pattern, replacement }),
    text,
  );
}

interface Replacing {
  readonly pattern: RegExp;
  readonly replacement: string;
}

function replaceJoined(
  text: string,
  lineBreak: RegExp,
  { pattern, replacement }: Replacing,
): string {
  const joined = text.replace(lineBreak, "");
  if (joined.length === text.length) return text;
  const breaks = text.matchAll(lineBreak);
  let next = breaks.next().value;
  /** The length of the breaks so far. */
  let removed = 0;
  /** Returns the place in the text of a place in the joined text, without or with the breaks there. */
  const placeInText = (place: number, isAfterBreaks: boolean) => {
    while (next !== undefined) {
      const breakPlace = next.index - removed;
      if (isAfterBreaks ? breakPlace > place : breakPlace >= place) break;
      removed += next[0].length;
      next = breaks.next().value;
    }
    return place + removed;
  };
  let replaced = "";
  let end = 0;
  for (const { index, 0: { length } } of joined.matchAll(pattern)) {
    const start = placeInText(index, true);
    const matchEnd = placeInText(index + length, false);
    if (matchEnd - start === length) continue;
    replaced += text.slice(end, start) + replacement;
    end = matchEnd;
  }
  return replaced + text.slice(end);
}
