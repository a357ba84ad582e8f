import { CcrunError } from "../../errors.ts";
import { isJsonObject } from "../../util/json.ts";
import { jsonErrorPosition } from "../../util/json_position.ts";
import type { TaskFields } from "./fields.ts";

/** A line of the tasks that is not blank. */
export interface TaskEntry {
  /** The number of the line, from 1. */
  readonly line: number;
  readonly text: string;
  readonly fields: TaskFields;
}

/** The entries before the first line that cannot be read, and why that one cannot. */
export interface TaskEntries {
  readonly entries: readonly TaskEntry[];
  readonly error?: CcrunError;
}

/** Returns the lines that are not blank. */
export function readEntries(
  lines: readonly string[],
  { source, isJson = looksLikeJson(lines) }: { source: string; isJson?: boolean | undefined },
): TaskEntries {
  const entries: TaskEntry[] = [];
  for (const [index, text] of lines.entries()) {
    if (isBlank(text)) continue;
    const line = index + 1;
    if (!isJson) {
      entries.push({ line, text, fields: undefined });
      continue;
    }
    const fields = parseJson(text);
    if (!isJsonObject(fields)) return { entries, error: notAnObject(source, line, text) };
    entries.push({ line, text, fields });
  }
  return { entries };
}

/** Creates an error that names the line. It quotes nothing of the line, which may contain a secret. */
export function lineError(
  source: string,
  line: number,
  problem: string,
  hint?: string,
): CcrunError {
  return new CcrunError("usage", `${source}, line ${line}: ${problem}`, hint);
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** Returns whether the first line begins an object, or an array of objects, which gets an error. */
function looksLikeJson(lines: readonly string[]): boolean {
  return /^\s*(?:\{|\[\s*(?:\{|$))/.test(lines.find((line) => !isBlank(line)) ?? "");
}

/** Returns undefined if `text` is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notAnObject(source: string, line: number, text: string): CcrunError {
  if (text.trimStart().startsWith("[")) {
    return lineError(
      source,
      line,
      "an array instead of an object",
      `write each task on its own line; for an array: jq -c '.[]'`,
    );
  }
  const column = jsonErrorPosition(text)?.column;
  return column === undefined
    ? lineError(source, line, "not a JSON object", 'use {"id":"...","prompt":"..."}')
    : lineError(
      source,
      line,
      `not JSON: error at column ${column}`,
      "write each task as a JSON object on its own line, such as with jq -c",
    );
}
