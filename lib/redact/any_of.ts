/** Returns a pattern that matches any of the texts, the longest first, or nothing without texts. */
export function anyOf(texts: readonly string[]): RegExp {
  return anyPattern(texts, RegExp.escape);
}

/** Returns a pattern like that of {@linkcode anyOf} that also matches a text without its spaces. */
export function anyOfWrapped(texts: readonly string[]): RegExp {
  return anyPattern(texts, (text) => RegExp.escape(text).replaceAll("\\x20", "\\x20?"));
}

function anyPattern(texts: readonly string[], patternOf: (text: string) => string): RegExp {
  if (texts.length === 0) return /(?!)/g;
  const longestFirst = [...new Set(texts)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(patternOf).join("|"), "g");
}
