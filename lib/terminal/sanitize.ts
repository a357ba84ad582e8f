/**
 * Makes foreign text safe to display. The output of claude and its tools may contain escape
 * sequences that write to the clipboard, change the title or clear the screen, and invisible
 * characters that hide text.
 *
 * @module
 */

import { INVISIBLE, NEEDS_INVISIBLE, NEEDS_INVISIBLE_START } from "../util/invisible.ts";
import { trimLineEnds } from "../util/lines.ts";
import { sliceStart } from "../util/truncate.ts";
import { formatCount } from "../util/units.ts";

const ESC = "\x1b";

/** The maximum length of the parameters of a color sequence. It bounds what a stream holds back. */
const MAX_SGR_PARAMETERS_LENGTH = 48;

/** Texts that need their invisible characters, and everything that is replaced. */
const SPECIAL = new RegExp(
  `(${NEEDS_INVISIBLE})` +
    `|${ESC}\\[[0-9;:]{0,${MAX_SGR_PARAMETERS_LENGTH}}m|\\r\\n` +
    `|[^\\P{Cc}\\t\\n]|[${INVISIBLE}\\u2028\\u2029]|\\p{Cs}`,
  "gu",
);

/** The beginning of what the next piece of a stream may complete. */
const INCOMPLETE = new RegExp(
  `(?:${ESC}(?:\\[[0-9;:]{0,${MAX_SGR_PARAMETERS_LENGTH}})?|\\r` +
    `|(?:${NEEDS_INVISIBLE_START})?[\\ud800-\\udbff]?)$`,
  "u",
);

/** The maximum length of {@linkcode INCOMPLETE}: ESC, the bracket, the parameters. */
const MAX_INCOMPLETE_LENGTH = MAX_SGR_PARAMETERS_LENGTH + 2;

/** A longer line is cut. */
export const MAX_LINE_LENGTH = 2_000;

/** A longer line is cut even if it may contain a command to paste. */
export const MAX_ADVICE_LENGTH = 16_000;

function replacement(special: string, kept: string | undefined): string {
  if (kept !== undefined) return kept;
  if (special === "\r\n") return "\n";
  const code = special.codePointAt(0) ?? 0;
  if (code < 0x20) return special.length > 1 ? "" : String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (code >= 0x80 && code < 0xa0) return `\\x${code.toString(16)}`;
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/**
 * Makes a text safe for a terminal. Color sequences are removed, every other control character and every
 * invisible character is replaced by a visible one. Tabs and newlines stay, and so do the joiners and
 * selectors within emoji, the joiners between letters of Arabic and Indic scripts, and the spaces without
 * width between letters of Thai and similar scripts.
 *
 * @example
 * ```ts
 * import { sanitize } from "./sanitize.ts";
 *
 * console.log(sanitize("\x1b[31mred\x1b[0m \x1b]0;title\x07")); // red ␛]0;title␇
 * console.log(sanitize("pass\u200bword")); // pass<U+200B>word
 * ```
 */
export function sanitize(text: string): string {
  return text.replace(SPECIAL, replacement);
}

/**
 * Sanitizes a text that arrives in pieces. The result is that of {@linkcode sanitize}, unless dozens of
 * characters are joined.
 */
export class SanitizeStream {
  /** The beginning of a sequence. */
  #incomplete = "";

  /** Adds a piece and returns what no later piece can change. */
  push(text: string): string {
    const all = this.#incomplete + text;
    this.#incomplete = INCOMPLETE.exec(all.slice(-MAX_INCOMPLETE_LENGTH))?.[0] ?? "";
    return sanitize(all.slice(0, all.length - this.#incomplete.length));
  }

  /** Returns the rest. */
  end(): string {
    const rest = sanitize(this.#incomplete);
    this.#incomplete = "";
    return rest;
  }
}

/** Sanitizes a line of a text. A long one is cut, and the number of missing characters follows. */
export function sanitizeTextLine(line: string): string {
  const { shown, missing } = sanitizeStart(line, MAX_LINE_LENGTH);
  return missing > 0 ? shown + missingNote(missing) : shown;
}

/**
 * Sanitizes a text to one line: newlines become ` ⏎ ` and tabs spaces. A text longer than `maxLength` is
 * cut. The number of missing characters follows, unless the text is only a short part of a line.
 */
export function sanitizeLine(text: string, maxLength: number = MAX_LINE_LENGTH): string {
  const { shown, missing } = sanitizeStart(text, maxLength);
  const line = shown.trim().replace(/\s*\n\s*/g, " ⏎ ").replaceAll("\t", " ");
  if (missing === 0) return line;
  return maxLength < MAX_LINE_LENGTH ? `${line}…` : line + missingNote(missing);
}

/** Returns what follows a text whose end is missing: `… +3 characters`. */
export function missingNote(count: number): string {
  return `… +${formatCount(count, "character")}`;
}

/** Sanitizes the start of a text, before and after which it has at most `maxLength` characters. */
function sanitizeStart(text: string, maxLength: number): { shown: string; missing: number } {
  const start = sliceStart(text, maxLength);
  const sanitized = sanitize(trimLineEnds(start));
  const shown = sliceStart(sanitized, maxLength);
  return { shown, missing: text.length - start.length + sanitized.length - shown.length };
}
