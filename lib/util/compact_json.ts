/**
 * Returns readable JSON of a value, cut to `limit` characters. Stops reading the value there, because a
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
  let text = "";
  const add = (more: string) => {
    text += more;
    return text.length <= limit;
  };

  function each<T>(items: Iterable<T>, one: (item: T) => boolean): boolean {
    let first = true;
    for (const item of items) {
      if (!first && !add(", ")) return false;
      first = false;
      if (!one(item)) return false;
    }
    return true;
  }

  function write(value: unknown): boolean {
    if (typeof value === "string") return add(quote(value, limit));
    if (typeof value !== "object" || value === null) return add(String(value));
    if (Array.isArray(value)) return add("[") && each(value, write) && add("]");
    return add("{") &&
      each(Object.entries(value), ([key, item]) => add(`${keyOf(key, limit)}: `) && write(item)) &&
      add("}");
  }

  write(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

function quote(text: string, limit: number): string {
  return JSON.stringify(text.length > limit ? text.slice(0, limit + 1) : text);
}

function keyOf(key: string, limit: number): string {
  return key.length < limit && /^[\w-]+$/.test(key) ? key : quote(key, limit);
}
