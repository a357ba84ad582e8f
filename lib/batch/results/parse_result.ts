import { EXIT_CODES, EXIT_REASONS, FAILURE_REASONS } from "../../exit_codes.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../util/json.ts";
import { isCost, isCount, isDuration, isPlausibleSessionId, isTime } from "../../util/plausible.ts";
import type { TaskResult } from "../task_result.ts";

/**
 * Parses a line of a results file.
 *
 * @returns undefined if the line is not a result, or a field of it is not plausible
 */
export function parseResult(line: string): TaskResult | undefined {
  const value = parseJsonObject(line);
  return value !== undefined && isResult(value) ? value : undefined;
}

type Check = (value: unknown) => boolean;

/** What a result must have, besides `exit` and `reason`, which belong together. */
const REQUIRED: { readonly [Field in keyof TaskResult]?: Check } = {
  id: (value) => isString(value) && value !== "",
  execution: (value) => isCount(value) && value > 0,
  turns: (value) => value === null || isCount(value),
  cost_usd: (value) => value === null || isCost(value),
  usage: (value) => value === null || isUsage(value),
  started_at: isTime,
  ended_at: isTime,
  duration_ms: isDuration,
};

/** What a result can have. A structured output can be anything. */
const OPTIONAL: { readonly [Field in keyof TaskResult]?: Check } = {
  answer: isString,
  error: isFailure,
  session_id: isPlausibleSessionId,
  resume: isString,
  resets_at: isTime,
  branch: isString,
  worktree: isString,
  changes: isChanges,
};

function isResult(value: JsonObject): value is JsonObject & TaskResult {
  const reason = EXIT_REASONS.find((name) => name === value["reason"]);
  return reason !== undefined && value["exit"] === EXIT_CODES[reason] &&
    Object.entries(REQUIRED).every(([field, check]) => check(value[field])) &&
    Object.entries(OPTIONAL).every(([field, check]) =>
      value[field] === undefined || check(value[field])
    );
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isUsage(value: unknown): boolean {
  return hasCounts(value, ["input", "output", "cache_read", "cache_write"]);
}

function isChanges(value: unknown): boolean {
  return hasCounts(value, ["files", "insertions", "deletions", "untracked", "commits"]);
}

function hasCounts(value: unknown, fields: readonly string[]): boolean {
  return isJsonObject(value) && fields.every((field) => isCount(value[field]));
}

function isFailure(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { kind, message, hint, resets_at } = value;
  return FAILURE_REASONS.some((reason) => reason === kind) && isString(message) &&
    (hint === undefined || isString(hint)) && (resets_at === undefined || isTime(resets_at));
}
