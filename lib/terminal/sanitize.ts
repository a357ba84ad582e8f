/**
 * Making foreign text safe to show. What claude and its tools say reaches us with
 * its escape sequences: clipboard writes, title changes, screen clearing. Nothing
 * here lets a terminal see one.
 *
 * @module
 */

const ESC = "\x1b";

/** Parameters of a colour sequence beyond this are nobody's colours: a bound on what is held back. */
const SGR_PARAMETERS = 48;

/** Bidirectional controls, which make a line read differently from what it is, and Unicode's line ends. */
const MISLEADING = "\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

const HARMFUL = new RegExp(
  `${ESC}\\[[0-9;:]{0,${SGR_PARAMETERS}}m|\\r\\n|[^\\P{Cc}\\t\\n]|[${MISLEADING}]|\\p{Cs}`,
  "gu",
);

/** The beginning of something that the next piece of a stream may complete. */
const INCOMPLETE = new RegExp(
  `(?:${ESC}(?:\\[[0-9;:]{0,${SGR_PARAMETERS}})?|\\r|[\\ud800-\\udbff])$`,
);

/** No {@linkcode INCOMPLETE} is longer: ESC, the bracket, the parameters. */
const INCOMPLETE_LENGTH = SGR_PARAMETERS + 2;

/** Fields shown on one line are cut here before they are looked at: no line is that wide. */
const LINE_LIMIT = 2_000;

function show(harmful: string): string {
  if (harmful.length > 1) return harmful === "\r\n" ? "\n" : "";
  const code = harmful.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (code < 0xa0) return `\\x${code.toString(16)}`;
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/**
 * Makes a text safe for a terminal and true to a reader: colour sequences are
 * dropped, every other control character becomes a sanitize one. Tabs and newlines stay.
 *
 * @example
 * ```ts
 * import { sanitize } from "./sanitize.ts";
 *
 * console.log(sanitize("\x1b[31mred\x1b[0m \x1b]0;title\x07")); // red ␛]0;title␇
 * ```
 */
export function sanitize(text: string): string {
  return text.replace(HARMFUL, show);
}

/** {@linkcode sanitize}, for a text that comes in pieces. */
export interface SanitizeStream {
  /** Takes a piece and gives what is certain by now. */
  push(text: string): string;
  /** Gives what was held back. */
  end(): string;
}

/** Makes a {@linkcode SanitizeStream}: the pieces together give what the whole would have given. */
export function createSanitizeStream(): SanitizeStream {
  let held = "";
  return {
    push(text) {
      const all = held + text;
      const tail = INCOMPLETE.exec(all.slice(-INCOMPLETE_LENGTH));
      held = tail === null ? "" : tail[0];
      return sanitize(all.slice(0, all.length - held.length));
    },
    end() {
      const rest = sanitize(held);
      held = "";
      return rest;
    },
  };
}

/**
 * {@linkcode sanitize} on one line: newlines become ` ⏎ `, tabs spaces. What is longer
 * than `limit` is cut first, so that a huge field costs nothing.
 */
export function sanitizeLine(text: string, limit: number = LINE_LIMIT): string {
  const cut = text.length > limit;
  const line = sanitize((cut ? text.slice(0, limit) : text).trim())
    .replace(/\s*\n\s*/g, " ⏎ ")
    .replaceAll("\t", " ");
  return cut ? `${line}…` : line;
}
