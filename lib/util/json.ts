/** A JSON object of unknown content. */
export type JsonObject = { readonly [key: string]: unknown };

/** Returns whether `value` is a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON object.
 *
 * @returns undefined if `text` is not JSON, or is JSON of another type
 *
 * @example
 * ```ts
 * import { parseJsonObject } from "./json.ts";
 *
 * console.log(parseJsonObject('{"a":1}')); // { a: 1 }
 * console.log(parseJsonObject("[1]")); // undefined
 * ```
 */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether the value of an option is JSON itself; otherwise it names a file. */
export function isInlineJson(value: string): boolean {
  return value.trimStart().startsWith("{");
}

/** An object whose optional fields may also be present and undefined. */
type MaybeUndefined<T> = {
  [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K];
};

/** Returns a copy of `object` without the fields that are undefined. */
export function omitUndefined<T extends object>(object: MaybeUndefined<T>): T {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as T;
}
