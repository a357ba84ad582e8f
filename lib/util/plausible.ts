/**
 * Decides which values of foreign JSON are plausible. The messages of claude and the events of a recording
 * can contain anything. Whatever is not plausible here counts as unknown.
 *
 * @module
 */

/** Letters, digits, and the characters that real names contain. No other one is safe everywhere. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} _.:/@+()[\],=#~-]{0,199}$/u;

/** Such as "error_max_turns", "needs-auth" or "five_hour". */
const WORD = /^\w[\w.:-]{0,99}$/;

/** Such as "toolu_01AB", "functions.Bash:0" or "call_1|fc_1". Some proxies add a signature in Base64. */
const ID = /^[\w.:|=+/@-]{1,4096}$/;

/** A UUID in all current versions. It does not begin with a dash, which would make it an option. */
const SESSION_ID = /^\w[\w-]{0,127}$/;

/** The pattern that the Messages API requires, and dots. */
const TOOL_NAME = /^\w[\w.-]{0,127}$/;

const ABSOLUTE_PATH = /^(?:\/|[A-Za-z]:[\\/])[^\0]{0,4095}$/;

/** Without characters that have a meaning in a shell or in Markdown, because steps of a job use it. */
const WEB_URL = /^https?:\/\/[\w.~:/?#@%=+,-]{1,2000}$/i;

const SIGNAL = /^SIG[A-Z0-9]{1,20}$/;

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** A higher number is no count of turns or tokens, and no duration in milliseconds. */
const MAX_COUNT = 1e12;

/** A run that costs more does not exist. */
const MAX_COST_USD = 1e6;

/** The start of the year 2100 in milliseconds since 1970. Nothing is scheduled later. */
const LAST_TIME_MS = Date.UTC(2100, 0);

/** A limit can be exceeded, but not by so much. */
const MAX_UTILIZATION = 10;

/** Returns whether a value is the name of a model, a server, or a version. */
export function isName(value: unknown): value is string {
  return matches(value, NAME);
}

/** Returns whether a value is one of the words that programs use for kinds, states and reasons. */
export function isWord(value: unknown): value is string {
  return matches(value, WORD);
}

/** Returns whether a value is the id of a message, a tool call, or a task. */
export function isId(value: unknown): value is string {
  return matches(value, ID);
}

/** Returns whether a value can be the id of a session, which commands and outputs contain. */
export function isPlausibleSessionId(value: unknown): value is string {
  return matches(value, SESSION_ID);
}

/** Returns whether a value is the name of a tool, which permission rules contain. */
export function isToolName(value: unknown): value is string {
  return matches(value, TOOL_NAME);
}

export function isAbsolutePath(value: unknown): value is string {
  return matches(value, ABSOLUTE_PATH);
}

export function isWebUrl(value: unknown): value is string {
  return matches(value, WEB_URL) && URL.canParse(value);
}

/** Returns whether a value is the name of a signal. */
export function isSignal(value: unknown): value is string {
  return matches(value, SIGNAL);
}

/** Returns whether a value is an RFC 3339 time. */
export function isTime(value: unknown): value is string {
  return matches(value, RFC_3339) && !Number.isNaN(Date.parse(value));
}

/** Returns whether a value is a time in milliseconds since 1970. */
export function isTimestamp(value: unknown): value is number {
  return isBetween(value, 0, LAST_TIME_MS);
}

/** Returns whether a value is a count: a whole number that is not negative. */
export function isCount(value: unknown): value is number {
  return isBetween(value, 0, MAX_COUNT) && Number.isInteger(value);
}

/** Returns whether a value is a duration, which can have decimals. */
export function isDuration(value: unknown): value is number {
  return isBetween(value, 0, MAX_COUNT);
}

/** Returns whether a value is a cost in US dollars. */
export function isCost(value: unknown): value is number {
  return isBetween(value, 0, MAX_COST_USD);
}

/** Returns whether a value is the used share of a limit. */
export function isUtilization(value: unknown): value is number {
  return isBetween(value, 0, MAX_UTILIZATION);
}

export function isHttpStatus(value: unknown): value is number {
  return isBetween(value, 100, 599) && Number.isInteger(value);
}

/** Returns whether a value is the exit code of a process. */
export function isExitCode(value: unknown): value is number {
  return isBetween(value, 0, 255) && Number.isInteger(value);
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === "number" && value >= min && value <= max;
}
