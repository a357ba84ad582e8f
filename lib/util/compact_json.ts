import { sliceStart } from "./truncate.ts";

/**
 * Returns readable JSON of a value, truncated to `limit` characters. Skips what exceeds them, because a
 * tool's input can have megabytes.
 *
 * @example
 * ```ts
 * import { compactJson } from "./compact_json.ts";
 *
 * console.log(compactJson({ query: "deno", limit: 5 }, 100)); // {query: "deno", limit: 5}
 * ```
 */
export function compactJson(value: unknown, limit: number): string {
  const text = formatValue(value, limit + 1);
  return text.length <= limit ? text : `${sliceStart(text, limit)}…`;
}

/** Deeper values are left out, because the stack is limited. */
const MAX_DEPTH = 100;

/** Formats a value. Characters after the first `limit` ones may be missing. */
function formatValue(value: unknown, limit: number, depth = 0): string {
  if (typeof value === "string") return JSON.stringify(sliceStart(value, limit));
  if (typeof value !== "object" || value === null) return String(value);
  if (limit <= 0) return "";
  if (depth === MAX_DEPTH) return "…";
  const rest = limit - 1;
  if (Array.isArray(value)) {
    return `[${value.slice(0, rest).map((item) => formatValue(item, rest, depth + 1)).join(", ")}]`;
  }
  const fields = Object.entries(value).slice(0, rest)
    .map(([name, item]) => `${formatName(name, rest)}: ${formatValue(item, rest, depth + 1)}`);
  return `{${fields.join(", ")}}`;
}

function formatName(name: string, limit: number): string {
  const start = sliceStart(name, limit);
  return /^[\w-]+$/.test(start) ? start : JSON.stringify(start);
}
