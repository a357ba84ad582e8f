import { escapeUnit } from "./ascii_json.ts";
import { INVISIBLE, NEEDS_INVISIBLE } from "./invisible.ts";

/**
 * Characters with an effect in a log: C1 controls and DEL, which a terminal may obey, invisible
 * characters, which hide text or change its order, and `##[` and the like, which CI systems find anywhere
 * in a line. JSON.stringify has escaped the C0 controls.
 */
const UNSAFE_IN_LOGS = `[\\x7f-\\x9f\\u2028\\u2029${INVISIBLE}]|##(?=\\[|vso\\[|teamcity\\[)`;

const HAS_UNSAFE = new RegExp(UNSAFE_IN_LOGS, "iu");

const UNSAFE = new RegExp(`(${NEEDS_INVISIBLE})|${UNSAFE_IN_LOGS}`, "giu");

function escape(unsafe: string, kept: string | undefined): string {
  if (kept !== undefined) return kept;
  return unsafe === "##" ? `#${escapeUnit("#")}` : unsafe.split("").map(escapeUnit).join("");
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
  return escapeJson(stringifyNested(value));
}

/** Returns JSON that is safe to print in a log and has the same value. */
export function escapeJson(json: string): string {
  // Most texts have none of them, and looking for them alone is faster.
  return HAS_UNSAFE.test(json) ? json.replace(UNSAFE, escape) : json;
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
