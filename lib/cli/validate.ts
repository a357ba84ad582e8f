import { resolve } from "@std/path/resolve";
import { parseShard } from "../batch/shard.ts";
import { isSessionId } from "../claude/session_id.ts";
import { formatDuration, MAX_DURATION_MS, parseDuration } from "../util/duration.ts";
import type { OptionSpec, ValueKind } from "./option_spec.ts";
import type { Command } from "./commands.ts";
import { optionsOf, PAGE_FORMATS } from "./options.ts";
import { isVariable, type Options } from "./command_line.ts";
import { parseSince } from "./sessions/since.ts";
import { usageError } from "./usage_error.ts";

/** The options that name a file to write, with the hint for those that get `-`. */
export const OUTPUT_FILE_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["output", "remove it: stdout has the answer anyway"],
  ["record", "use --format raw for claude's stream on stdout"],
  ["result", "use --format result for the result on stdout"],
  ["summary", "use a file, and print it afterwards"],
]);

/** A stream of this program. What is written to it would bypass the escaping of the log. */
const STREAM = /^\/dev\/(?:std(?:in|out|err)|tty|fd\/[0-2])$|^\/proc\/[^/]+\/fd\/[0-2]$/;

/** Checks each value by itself. @throws {CcrunError} `usage` for the first invalid one */
export function checkValues(options: Options, command: Command): void {
  for (const spec of optionsOf(command)) {
    const { values = [], source = "" } = options.get(spec.name) ?? {};
    for (const value of values) checkValue(spec, value, { source, command });
  }
}

/** Where a value comes from. */
interface Origin {
  /** The option or the variable. */
  readonly source: string;
  readonly command: Command;
}

function checkValue(spec: OptionSpec, value: string, { source, command }: Origin): void {
  if (spec.valueName === undefined || spec.isValueOptional && value === "") return;
  if (value.trim() === "" && !spec.allowsAnyText) {
    throw usageError(
      `${source} is empty`,
      isVariable(source)
        ? `unset it, or set ${source}=${spec.valueName}`
        : `use ${source} ${spec.valueName}; if the value is a variable, it may be unset`,
    );
  }
  const alternative = OUTPUT_FILE_OPTIONS.get(spec.name);
  if (alternative !== undefined && (value === "-" || isStream(value))) {
    throw usageError(`${source} needs a file, not ${value}`, alternative);
  }
  const requirement = checkChoice(spec, value) ?? (spec.valueKind && CHECKS[spec.valueKind](value));
  if (requirement === undefined) return;
  const help = command === "run" ? undefined : `see: ccrun help ${command}`;
  const { expected, hint = help } = requirement;
  // A URL can contain a password.
  const given = spec.valueKind === "url" ? "" : `, not ${JSON.stringify(value)}`;
  throw usageError(`${source} must be ${expected}${given}`, hint);
}

/** A requirement that a value does not meet. */
interface Requirement {
  readonly expected: string;
  readonly hint?: string | undefined;
}

function isStream(value: string): boolean {
  return value.startsWith("/") && STREAM.test(resolve(value));
}

function checkChoice({ name, choices }: OptionSpec, value: string): Requirement | undefined {
  if (choices === undefined || choices.includes(value)) return undefined;
  return {
    expected: `one of ${choices.join(", ")}`,
    hint: name === "format" ? formatHint(value) : undefined,
  };
}

function formatHint(value: string): string | undefined {
  if (value === "stream-json") return "use json for ccrun's events, raw for claude's own lines";
  if (!PAGE_FORMATS.some((format) => format === value)) return undefined;
  return `show the session afterwards: ccrun replay --format ${value} last`;
}

/** The checks by kind. Each returns the requirement that a value fails. */
const CHECKS: { readonly [K in ValueKind]: (value: string) => Requirement | undefined } = {
  count: checkCount,
  positive(value) {
    return checkCount(value) ?? (Number(value) === 0 ? { expected: "1 or more" } : undefined);
  },
  amount(value) {
    if (!/^(\d+(\.\d*)?|\.\d+)$/.test(value)) return { expected: "an amount such as 2.50" };
    return Number(value) === 0 ? { expected: "an amount above 0, such as 2.50" } : undefined;
  },
  duration(value) {
    if (parseDuration(value) !== undefined) return undefined;
    const max = formatDuration(MAX_DURATION_MS);
    return {
      expected: `a duration such as 90s, 10m, or 1h30m, at most ${max}`,
      hint: /^\d+$/.test(value) ? `add the unit: ${value}s or ${value}m` : undefined,
    };
  },
  mcp_tool(value) {
    // With another one, such as `stdio`, claude would wait for an answer that ccrun cannot give.
    return value.startsWith("mcp__")
      ? undefined
      : { expected: "an MCP tool such as mcp__SERVER__TOOL" };
  },
  uuid(value) {
    return isSessionId(value) ? undefined : { expected: "a UUID" };
  },
  shard(value) {
    if (parseShard(value) !== undefined) return undefined;
    return {
      expected: "I/N with I from 1 to N, such as 2/5",
      hint: value.startsWith("0/") ? "add 1 to an index that counts from 0" : undefined,
    };
  },
  since(value) {
    if (parseSince(value, Date.now()) !== undefined) return undefined;
    return {
      expected: "a duration such as 7d, a date such as 2026-11-20, or an RFC 3339 time",
      hint: /^\d+$/.test(value) ? `add the unit: ${value}d or ${value}h` : undefined,
    };
  },
  url(value) {
    if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return undefined;
    const looksLikeHost = /^[\w.-]+(:\d+)?(\/|$)/.test(value);
    return {
      expected: "an http or https URL",
      hint: looksLikeHost ? `add the scheme: https://${value} or http://${value}` : undefined,
    };
  },
};

function checkCount(value: string): Requirement | undefined {
  if (/^\d{1,9}$/.test(value)) return undefined;
  const isTooLong = /^\d+$/.test(value);
  return { expected: isTooLong ? "a whole number with at most 9 digits" : "a whole number" };
}
