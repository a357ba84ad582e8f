/**
 * Reads fields of foreign JSON. A value of an unexpected type counts as absent.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../util/json.ts";
import { isCount, isHttpStatus, isId } from "../util/plausible.ts";

/** Returns an object, or an empty one if there is none. */
export function getObject(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

export function getString(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" ? value : undefined;
}

export function getNonEmptyString(object: JsonObject, key: string): string | undefined {
  return getString(object, key) || undefined;
}

/** Returns the first of these strings that is not blank. */
export function getFirstText(object: JsonObject, keys: readonly string[]): string | undefined {
  return keys.map((key) => getString(object, key)).find((text) => text?.trim());
}

/** Returns a value that a function of `plausible.ts` accepts. */
export function getPlausible<T>(
  object: JsonObject,
  key: string,
  isPlausible: (value: unknown) => value is T,
): T | undefined {
  const value = object[key];
  return isPlausible(value) ? value : undefined;
}

/** Returns the id of a message, a tool call or a task, or an empty string if there is none. */
export function getId(object: JsonObject, key: string): string {
  return getPlausible(object, key, isId) ?? "";
}

/** Returns a finite number. */
export function getNumber(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Returns a whole number of at least 0; 0 for anything else. */
export function getCount(object: JsonObject, key: string): number {
  return getPlausible(object, key, isCount) ?? 0;
}

/** Returns a whole number of at least 0; null for anything else. */
export function getCountOrNull(object: JsonObject, key: string): number | null {
  return getPlausible(object, key, isCount) ?? null;
}

/** Returns an HTTP status. Claude Code writes 0 or null if there is none. */
export function getHttpStatus(object: JsonObject, key: string): number | undefined {
  return getPlausible(object, key, isHttpStatus);
}

/** Returns an array, or an empty one if there is none. */
export function getArray(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key];
  return Array.isArray(value) ? value : [];
}

/** Returns the objects in an array. */
export function getObjects(object: JsonObject, key: string): readonly JsonObject[] {
  return getArray(object, key).filter(isJsonObject);
}

/** Returns the plausible values in an array. */
export function getPlausibleItems<T>(
  object: JsonObject,
  key: string,
  isPlausible: (value: unknown) => value is T,
): T[] {
  return getArray(object, key).filter(isPlausible);
}

/** Returns the strings in an array. */
export function getStrings(object: JsonObject, key: string): string[] {
  return getArray(object, key).filter((item) => typeof item === "string");
}
