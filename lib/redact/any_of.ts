/** Returns a pattern that matches any of the texts, the longest first, or nothing without texts. */
export function anyOf(texts: readonly string[]): RegExp {
  if (texts.length === 0) return /(?!)/g;
  const longestFirst = [...new Set(texts)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => RegExp.escape(text)).join("|"), "g");
}
