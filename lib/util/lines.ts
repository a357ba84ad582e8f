/** Returns a text without blank lines before it and white space after it. */
export function trimBlankLines(text: string): string {
  const contentStart = text.search(/\S/);
  if (contentStart === -1) return "";
  return text.slice(text.lastIndexOf("\n", contentStart) + 1).trimEnd();
}

/** Counts the lines of a text, without blank lines around it. */
export function countLines(text: string): number {
  const content = trimBlankLines(text);
  if (content === "") return 0;
  let count = 1;
  for (let at = content.indexOf("\n"); at !== -1; at = content.indexOf("\n", at + 1)) count++;
  return count;
}

/** Returns the last lines of a text, at most `count`. The other lines are not split, to save memory. */
export function lastLines(text: string, count: number): string[] {
  const lines: string[] = [];
  for (let end = text.length; lines.length < count && end >= 0;) {
    const newline = end === 0 ? -1 : text.lastIndexOf("\n", end - 1);
    lines.unshift(text.slice(newline + 1, end));
    end = newline;
  }
  return lines;
}

/** Returns a text without the line ends at its end. */
export function trimLineEnds(text: string): string {
  // A regular expression would try every newline of a text that has millions.
  let end = text.length;
  while (text[end - 1] === "\n" || text[end - 1] === "\r") end--;
  return text.slice(0, end);
}

/**
 * The longest line that is read whole: 64 MiB. Tool results with images make lines of many megabytes, so
 * the limit is far above any real line. It keeps a stream without newlines from filling the memory.
 */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Ends a line that was truncated at the line limit. JSON cannot contain it. */
export const TRUNCATION_MARK = "\0";
