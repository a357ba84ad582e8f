/** Returns the range of a text without blank lines before it and white space after it. */
export function contentRange(text: string): { start: number; end: number } {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  let start = 0;
  for (let at = 0; at < end && isSpace(text.charCodeAt(at)); at++) {
    if (text[at] === "\n") start = at + 1;
  }
  return { start, end };
}

/** Counts the lines of a text, without blank lines around it. */
export function countLines(text: string): number {
  const { start, end } = contentRange(text);
  if (start >= end) return 0;
  let count = 1;
  for (let at = text.indexOf("\n", start); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) {
    count++;
  }
  return count;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Returns a text without the line ends at its end. */
export function trimLineEnds(text: string): string {
  // A regular expression would try every newline of a text that has millions.
  let end = text.length;
  while (text[end - 1] === "\n" || text[end - 1] === "\r") end--;
  return text.slice(0, end);
}
