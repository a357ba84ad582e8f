/**
 * Characters that do something in a log: C1 controls and DEL (a terminal may obey
 * them), bidirectional controls (they show text in another order), and `##[` and
 * the like, which a CI runner finds anywhere in a line. JSON.stringify has escaped C0.
 */
const ACTIVE =
  /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|##(?=\[|vso\[|teamcity\[)/gi;

function escape(found: string): string {
  if (found === "##") return "#\\u0023";
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * JSON on one line that is inert wherever it is printed; parsing it gives the
 * exact value back.
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
  return JSON.stringify(value).replace(ACTIVE, escape);
}
