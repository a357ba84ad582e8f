/**
 * Makes foreign text safe to display. The output of claude and its tools may contain escape
 * sequences that write to the clipboard, change the title or clear the screen.
 *
 * @module
 */

import { sliceStart } from "../util/truncate.ts";

const ESC = "\x1b";

/** The maximum length of the parameters of a color sequence. It bounds what a stream holds back. */
const MAX_SGR_PARAMETERS_LENGTH = 48;

/** Bidirectional controls, which change the order in which a line is read, and Unicode's line ends. */
const MISLEADING = "\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

const UNSAFE = new RegExp(
  `${ESC}\\[[0-9;:]{0,${MAX_SGR_PARAMETERS_LENGTH}}m|\\r\\n|[^\\P{Cc}\\t\\n]|[${MISLEADING}]|\\p{Cs}`,
  "gu",
);

/** The beginning of a sequence that the next piece of a stream may complete. */
const INCOMPLETE = new RegExp(
  `(?:${ESC}(?:\\[[0-9;:]{0,${MAX_SGR_PARAMETERS_LENGTH}})?|\\r|[\\ud800-\\udbff])$`,
);

/** The maximum length of {@linkcode INCOMPLETE}: ESC, the bracket, the parameters. */
const MAX_INCOMPLETE_LENGTH = MAX_SGR_PARAMETERS_LENGTH + 2;

/** A longer line is cut before it is sanitized. */
export const MAX_LINE_LENGTH = 2_000;

function replacement(unsafe: string): string {
  if (unsafe.length > 1) return unsafe === "\r\n" ? "\n" : "";
  const code = unsafe.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (code < 0xa0) return `\\x${code.toString(16)}`;
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/**
 * Makes a text safe for a terminal. Color sequences are removed, every other control character is
 * replaced by a visible one. Tabs and newlines stay.
 *
 * @example
 * ```ts
 * import { sanitize } from "./sanitize.ts";
 *
 * console.log(sanitize("\x1b[31mred\x1b[0m \x1b]0;title\x07")); // red ␛]0;title␇
 * ```
 */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, replacement);
}

/** Sanitizes a text that arrives in pieces. The result is that of {@linkcode sanitize}. */
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

/**
 * Sanitizes a text to one line: newlines become ` ⏎ ` and tabs spaces. A text longer than `maxLength`
 * is cut first.
 */
export function sanitizeLine(text: string, maxLength: number = MAX_LINE_LENGTH): string {
  const line = sanitize(sliceStart(text, maxLength).trim())
    .replace(/\s*\n\s*/g, " ⏎ ")
    .replaceAll("\t", " ");
  return text.length > maxLength ? `${line}…` : line;
}
