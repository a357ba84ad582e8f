/**
 * Escapes text for a CI log, because CI systems read commands from the lines of a log:
 *
 * - GitHub Actions: `::error::` at the start of a line, after any white space of .NET, and
 *   `##[group]` anywhere in it. A line ends at a line feed, a carriage return, or both.
 * - GitLab: `section_start:` and `section_end:` anywhere.
 * - Azure Pipelines: `##vso[` and `##[` anywhere. TeamCity: `##teamcity[`.
 *
 * A visible backslash breaks each command, even if it is one only for a reader that ignores invisible
 * characters. .NET does that in some comparisons, and a viewer may remove colors first.
 *
 * @module
 */

/** The white space of .NET except line ends, and the byte order mark, which .NET removes. */
const WHITE_SPACE =
  "[\\t\\v\\f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]*";

/** The text before the backslash. `^` with the flag m would also match after other characters. */
const COMMAND = new RegExp(
  `(?<![^\\r\\n])${WHITE_SPACE}(?=::)|#(?=#(?:vso|teamcity)?\\[)|section_(?:start|end)(?=:)`,
  "gi",
);

/** Every command contains one of these. */
const COMMAND_CHARACTER = /[:[]/;

/** Colors and invisible characters. */
const INVISIBLE =
  // deno-lint-ignore no-control-regex -- the pattern matches control characters
  /\x1b\[[0-9;?]*[A-Za-z]|(?![\t-\r\x85])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Returns a text in which no line contains a command for a CI system. A text without commands stays
 * the same. A text with invisible characters inside of a command loses all of them, and its colors.
 *
 * @example
 * ```ts
 * import { escapeLogCommands } from "./escape_commands.ts";
 *
 * console.log(escapeLogCommands("a\n::error::b")); // a, and \::error::b
 * ```
 */
export function escapeLogCommands(text: string): string {
  if (!COMMAND_CHARACTER.test(text)) return text;
  const escaped = text.replace(COMMAND, "$&\\");
  const visible = escaped.replaceAll(INVISIBLE, "");
  const escapedVisible = visible.replace(COMMAND, "$&\\");
  return escapedVisible === visible ? escaped : escapedVisible;
}

/** Escapes a text without line ends that follows other text on its line. */
export function escapeWithinLine(text: string): string {
  return escapeLogCommands(`x${text}`).slice(1);
}
