/** Returns the lines of a text, without blank lines before it and white space after it. */
export function contentLines(text: string): string[] {
  const contentStart = text.search(/\S/);
  if (contentStart === -1) return [];
  const lineStart = text.lastIndexOf("\n", contentStart) + 1;
  return text.slice(lineStart).trimEnd().split("\n");
}

/** Counts the lines of a text, without blank lines around it. */
export function countLines(text: string): number {
  return contentLines(text).length;
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
