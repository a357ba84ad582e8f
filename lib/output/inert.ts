/**
 * A CI log obeys lines that it reads: `::error::`, `##[group]`, `##vso[...]`. GitHub
 * Actions takes a `::` command also behind spaces, a `##[` one anywhere in a line.
 */
const COMMAND = /^(\s*):(?=:)/;
const INLINE_COMMAND = /#(?=#(?:\[|vso\[|teamcity\[))/gi;

/**
 * Makes a line inert in a CI log, by a visible backslash.
 *
 * @param begins whether the text is where a line begins
 *
 * @example
 * ```ts
 * import { inert } from "./inert.ts";
 *
 * console.log(inert("::error::no")); // \::error::no
 * ```
 */
export function inert(text: string, begins = true): string {
  const line = text.replace(INLINE_COMMAND, "#\\");
  return begins ? line.replace(COMMAND, "$1\\:") : line;
}
