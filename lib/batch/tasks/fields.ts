import type { CcrunError } from "../../errors.ts";
import type { JsonObject } from "../../util/json.ts";

/** The fields of a task; undefined for a plain line. A field that is null counts as missing. */
export type TaskFields = JsonObject | undefined;

/** Creates the error for a problem of a task, which names its line. */
export type TaskError = (problem: string, hint?: string) => CcrunError;

/** Returns the value of a field, or undefined if it is missing. */
export function fieldOf(fields: TaskFields, name: string): unknown {
  return fields !== undefined && Object.hasOwn(fields, name)
    ? fields[name] ?? undefined
    : undefined;
}

/** Returns the names of the fields that a task has. */
export function fieldNames(fields: TaskFields): string[] {
  return Object.keys(fields ?? {}).filter((name) => fieldOf(fields, name) !== undefined);
}

/** Names a field only if it is a word, because anything else may be a part of a prompt. */
export function describeField(name: string): string {
  return /^[\w.-]{1,60}$/.test(name) ? `the field ${name}` : "a field";
}
