/** Returns a pattern that matches any of the texts, the longest first, or nothing without texts. */
export function anyOf(texts: readonly string[]): RegExp {
  return anyPattern(texts, RegExp.escape);
}

/** Returns a pattern like that of {@linkcode anyOf} that also matches a text without its spaces. */
export function anyOfWrapped(texts: readonly string[]): RegExp {
  return anyPattern(texts, (text) => RegExp.escape(text).replaceAll("\\x20", "\\x20?"));
}

/** V8 rejects a much longer alternative. */
const MAX_LENGTH = 4096;

function anyPattern(texts: readonly string[], patternOf: (text: string) => string): RegExp {
  if (texts.length === 0) return /(?!)/g;
  const parts = new Set(texts.flatMap(partsOf));
  const longestFirst = [...parts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(patternOf).join("|"), "g");
}

/** Returns the parts of a text, all of nearly the same length. A match of each is as good as one of all. */
function partsOf(text: string): string[] {
  const count = Math.ceil(text.length / MAX_LENGTH);
  const length = Math.ceil(text.length / count);
  return Array.from({ length: count }, (_, part) => text.slice(part * length, (part + 1) * length));
}
