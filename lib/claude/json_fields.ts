/**
 * Reads fields of foreign JSON. A value of an unexpected type counts as absent.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../util/json.ts";

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

/** Returns a finite number. */
export function getNumber(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Returns a number as a count. An absent one is 0. */
export function getCount(object: JsonObject, key: string): number {
  return toCount(getNumber(object, key) ?? 0);
}

/** Returns a whole number of at least 0; null for anything else. */
export function getCountOrNull(object: JsonObject, key: string): number | null {
  const value = object[key];
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;
}

/** Returns the nearest whole number that is safe and at least 0. */
export function toCount(value: number): number {
  return Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER);
}

/** Returns an HTTP status. Claude Code writes 0 or null if there is none. */
export function getHttpStatus(object: JsonObject, key: string): number | undefined {
  return getCount(object, key) || undefined;
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

/** Returns the strings in an array. */
export function getStrings(object: JsonObject, key: string): string[] {
  return getArray(object, key).filter((item) => typeof item === "string");
}
