/**
 * Making text escapeLine in a CI log. The system behind a log obeys what it finds in the lines:
 *
 * - GitHub Actions: `::error::` where a line begins, after any of .NET's white space, and `##[group]`
 *   anywhere in it; a line ends at a line feed, a carriage return, or both;
 * - GitLab: `section_start:` and `section_end:` anywhere;
 * - Azure Pipelines: `##vso[` and `##[` anywhere; TeamCity: `##teamcity[`.
 *
 * Each is broken by one visible backslash, also where it is one only for who skips what is not seen:
 * .NET does that in some comparisons, and a viewer may drop colours before it looks.
 *
 * @module
 */

/** .NET's white space, but for what ends a line; and the byte order mark, which is dropped. */
const BLANK =
  "[\\t\\v\\f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]*";

/** What stands before the place for the backslash. A `^` with the flag m would begin lines at other characters, too. */
const COMMAND = new RegExp(
  `(?<![^\\r\\n])${BLANK}(?=::)|#(?=#(?:vso|teamcity)?\\[)|section_(?:start|end)(?=:)`,
  "gi",
);

/** Every command is complete with one of these: without them there is nothing to look for. */
const COMPLETING = /[:[]/;

/** Colours and the like, and characters that show nothing. */
const UNSEEN =
  // deno-lint-ignore no-control-regex -- they are what it looks for
  /\x1b\[[0-9;?]*[A-Za-z]|(?![\t-\r\x85])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Breaks what is a command only for who skips what is not seen. */
function breakHidden(text: string): string {
  const seen: { readonly from: number; readonly at: number }[] = [];
  let bare = "";
  let from = 0;
  for (const { 0: unseen, index } of text.matchAll(UNSEEN)) {
    if (index > from) {
      seen.push({ from, at: bare.length });
      bare += text.slice(from, index);
    }
    from = index + unseen.length;
  }
  if (from === 0) return text;
  seen.push({ from, at: bare.length });
  bare += text.slice(from);

  let broken = "";
  let done = 0;
  let part = 0;
  for (const { 0: before, index } of bare.matchAll(COMMAND)) {
    const at = index + before.length;
    while ((seen[part + 1]?.at ?? Infinity) <= at) part++;
    const { from, at: begin } = seen[part] ?? { from: 0, at: 0 };
    const place = from + at - begin;
    broken += `${text.slice(done, place)}\\`;
    done = place;
  }
  return broken + text.slice(done);
}

/**
 * Makes a text escapeLine in a CI log: no line of it can command what reads the log. Without
 * commands it is given back as it is.
 *
 * @example
 * ```ts
 * import { escapeLogCommands } from "./escape_commands.ts";
 *
 * console.log(escapeLogCommands("a\n::error::b")); // a, and \::error::b
 * ```
 */
export function escapeLogCommands(text: string): string {
  if (!COMPLETING.test(text)) return text;
  return breakHidden(text.replace(COMMAND, "$&\\"));
}

/**
 * Makes a line escapeLine in a CI log.
 *
 * @param begins whether the text is where a line begins
 *
 * @example
 * ```ts
 * import { escapeLine } from "./escape_commands.ts";
 *
 * console.log(escapeLine("::error::no")); // \::error::no
 * ```
 */
export function escapeLine(text: string, begins = true): string {
  // Behind any character, no line begins.
  return begins ? escapeLogCommands(text) : escapeLogCommands(`x${text}`).slice(1);
}

/** {@linkcode escapeLine} for a line that comes in pieces, each of which is to be shown at once. */
export interface LineEscaper {
  /** Takes a piece of the line, in which no line ends, and gives what to show. */
  push(piece: string): string;
  /** Begins a new line. */
  next(): void;
}

/** No command is longer before the character that completes it. */
const LONGEST_COMMAND = "section_start".length;

const BLANK_START = new RegExp(`^${BLANK}`);

/** Makes an {@linkcode LineEscaper}. */
export function createLineEscaper(): LineEscaper {
  /** The end of what is shown of the line, as far as it can be the beginning of a command. */
  let tail = "";
  /** Whether nothing is before the tail but what a reader skips. */
  let isFirst = true;

  return {
    push(piece) {
      const before = isFirst ? tail : `x${tail}`;
      let shown = piece;
      if (COMPLETING.test(piece)) {
        const all = escapeLogCommands(before + piece);
        // A command that began in what is shown already is broken where the piece begins.
        shown = all.startsWith(before) ? all.slice(before.length) : `\\${escapeLine(piece, false)}`;
      }
      let seen = (tail + shown).replaceAll(UNSEEN, "");
      if (isFirst) seen = seen.replace(BLANK_START, "");
      tail = seen.slice(-LONGEST_COMMAND);
      isFirst &&= tail.length === seen.length;
      return shown;
    },
    next() {
      tail = "";
      isFirst = true;
    },
  };
}
