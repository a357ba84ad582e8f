/**
 * Characters with an effect in a log: C1 controls and DEL, which a terminal may obey, bidirectional
 * controls, which change the order of text, and `##[` and the like, which CI systems find anywhere in a
 * line. JSON.stringify has escaped the C0 controls.
 */
const UNSAFE_IN_LOGS =
  /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|##(?=\[|vso\[|teamcity\[)/gi;

function escape(unsafe: string): string {
  if (unsafe === "##") return "#\\u0023";
  return `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Returns JSON on one line that is safe to print in a log. Parsing it returns the same value.
 *
 * @example
 * ```ts
 * import { stringifySafe } from "./safe_json.ts";
 *
 * console.log(stringifySafe("##[error]")); // "#\u0023[error]"
 * ```
 */
export function stringifySafe(value: unknown): string {
  // All of these can only be inside JSON strings, where the escape means the same.
  return JSON.stringify(value).replace(UNSAFE_IN_LOGS, escape);
}
