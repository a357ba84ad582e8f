import { escapeUnit } from "./ascii_json.ts";

/**
 * Characters with an effect in a log: C1 controls and DEL, which a terminal may obey, bidirectional
 * controls, which change the order of text, and `##[` and the like, which CI systems find anywhere in a
 * line. JSON.stringify has escaped the C0 controls.
 */
const UNSAFE_IN_LOGS =
  /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|##(?=\[|vso\[|teamcity\[)/gi;

function escape(unsafe: string): string {
  return unsafe === "##" ? `#${escapeUnit("#")}` : escapeUnit(unsafe);
}

/** What replaces a value that is nested too deeply for `JSON.stringify`. */
const TOO_DEEP = "[nested too deeply]";

/** Deeper values are replaced, if `JSON.stringify` fails. */
const MAX_DEPTH = 1_000;

/**
 * Returns JSON on one line that is safe to print in a log. Parsing it returns the same value, unless
 * that is nested too deeply for `JSON.stringify`.
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
  return stringifyNested(value).replace(UNSAFE_IN_LOGS, escape);
}

function stringifyNested(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(limitDepth(value));
  }
}

function limitDepth(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((item) => limitDepth(item, depth + 1));
  const fields = Object.entries(value);
  return Object.fromEntries(fields.map(([name, item]) => [name, limitDepth(item, depth + 1)]));
}
