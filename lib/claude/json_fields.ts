/**
 * Reads fields of foreign JSON. A value of an unexpected type counts as absent.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../util/json.ts";

/** Returns an object, or an empty one if there is none. */
export function getObject(from: JsonObject, key: string): JsonObject {
  const value = from[key];
  return isJsonObject(value) ? value : {};
}

/** Returns a string. */
export function getString(from: JsonObject, key: string): string | undefined {
  const value = from[key];
  return typeof value === "string" ? value : undefined;
}

/** Returns a string that is not empty. */
export function getNonEmptyString(from: JsonObject, key: string): string | undefined {
  return getString(from, key) || undefined;
}

/** Returns the first of these strings that is not blank. */
export function getFirstText(from: JsonObject, keys: readonly string[]): string | undefined {
  return keys.map((key) => getString(from, key)).find((text) => text?.trim());
}

/** Returns a finite number. */
export function getNumber(from: JsonObject, key: string): number | undefined {
  const value = from[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Returns a number as a count. An absent one is 0. */
export function getCount(from: JsonObject, key: string): number {
  return toCount(getNumber(from, key) ?? 0);
}

/** Returns the nearest whole number that is safe and at least 0. */
export function toCount(value: number): number {
  return Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER);
}

/** Returns an array, or an empty one if there is none. */
export function getArray(from: JsonObject, key: string): readonly unknown[] {
  const value = from[key];
  return Array.isArray(value) ? value : [];
}

/** Returns the objects in an array. */
export function getObjects(from: JsonObject, key: string): readonly JsonObject[] {
  return getArray(from, key).filter(isJsonObject);
}

/** Returns the strings in an array. */
export function getStrings(from: JsonObject, key: string): string[] {
  return getArray(from, key).filter((item) => typeof item === "string");
}
