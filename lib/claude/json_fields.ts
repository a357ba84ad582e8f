/**
 * Reading foreign JSON with suspicion: what is not of the expected kind counts
 * as absent.
 *
 * @module
 */

/** A JSON object of unknown content. */
export type Json = { readonly [key: string]: unknown };

/** Whether the value is a JSON object (not null, not a list). */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object in a field, or an empty one. */
export function getObject(from: Json, key: string): Json {
  const value = from[key];
  return isObject(value) ? value : {};
}

/** The text in a field. */
export function getString(from: Json, key: string): string | undefined {
  const value = from[key];
  return typeof value === "string" ? value : undefined;
}

/** The text in a field, when it is not empty. */
export function getNonEmptyString(from: Json, key: string): string | undefined {
  return getString(from, key) || undefined;
}

/** The finite number in a field. */
export function getNumber(from: Json, key: string): number | undefined {
  const value = from[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The number in a field as a count: whole, not negative, and exact when counts are added; 0 when it is absent. */
export function getCount(from: Json, key: string): number {
  const count = Math.round(getNumber(from, key) ?? 0);
  return Math.min(Math.max(0, count), Number.MAX_SAFE_INTEGER);
}

/** The list in a field, or an empty one. */
export function getArray(from: Json, key: string): readonly unknown[] {
  const value = from[key];
  return Array.isArray(value) ? value : [];
}

/** The objects of the list in a field. */
export function getObjects(from: Json, key: string): readonly Json[] {
  return getArray(from, key).filter(isObject);
}

/** The texts of the list in a field. */
export function getStrings(from: Json, key: string): string[] {
  return getArray(from, key).filter((item) => typeof item === "string");
}
