const NOT_ASCII = /[\u0080-\uffff]/g;

/**
 * Returns JSON on one line in ASCII. Claude Code 2.0 decodes each chunk of its input separately, which
 * destroys a character whose bytes are in two chunks.
 *
 * @example
 * ```ts
 * import { stringifyAscii } from "./ascii_json.ts";
 *
 * console.log(stringifyAscii("déjà vu")); // "d\u00e9j\u00e0 vu"
 * ```
 */
export function stringifyAscii(value: unknown): string {
  return JSON.stringify(value).replace(NOT_ASCII, escapeUnit);
}

/** Returns the JSON escape of a UTF-16 unit. */
export function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
