import type { EventOf } from "../events.ts";
import { escapeWithinLine } from "../terminal/escape_commands.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import { answerOf } from "../util/event_text.ts";
import { isJsonObject } from "../util/json.ts";
import { trimLineEnds } from "../util/lines.ts";
import { stringifySafe } from "../util/safe_json.ts";
import { sliceStart, truncateList } from "../util/truncate.ts";
import { formatCount } from "../util/units.ts";

/** Options for {@linkcode githubOutputs}. */
export interface GithubOutputsOptions {
  /** The last result, if there is one. */
  result: EventOf<"result"> | undefined;
  exit: EventOf<"exit">;
  /** The page of a published change, for example of a pull request. */
  url?: string | undefined;
  /**
   * The line end. A runner on Windows removes a CR from the end of a value unless lines end with
   * CR LF.
   *
   * @default {"\n"}
   */
  newline?: "\n" | "\r\n";
}

/** The outputs of a step. */
export interface GithubOutputs {
  /** The text to append to the file that `GITHUB_OUTPUT` names. */
  readonly text: string;
  /** What was cut or omitted, and why: lines that are safe to print. */
  readonly warnings: readonly string[];
}

/** A longer answer is cut, so that other steps have room for their outputs. */
const MAX_RESULT_LENGTH = 400_000;

/**
 * The outputs of a job are limited to 1 MB in UTF-16. GitHub drops all of them if there is more. This
 * leaves room for the short ones.
 */
const MAX_TOTAL_LENGTH = 499_000;

/** A name that an expression can contain. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The names of outputs that a field of a structured output cannot have. */
const RESERVED_NAMES = ["session_id", "exit_reason", "cost_usd", "result"];

/** The number of names in a warning. */
const MAX_LISTED_NAMES = 10;

/**
 * Returns the outputs of a step of GitHub Actions: `session_id`, `result`, `exit_reason`, `cost_usd`,
 * `url`, and `structured_output`, and every field of a structured output, which can replace `url`. The
 * first six are always set, because a step may run ccrun more than once.
 *
 * If there is too much, fields are omitted and `result` is cut.
 *
 * @example
 * ```ts
 * import { githubOutputs } from "./github_outputs.ts";
 * import { createEventFactory, NO_USAGE } from "../events.ts";
 *
 * const exit = createEventFactory(() => null)({
 *   type: "exit",
 *   code: 5,
 *   reason: "limit",
 *   ok: false,
 *   turns: 3,
 *   cost_usd: 0.01,
 *   usage: NO_USAGE,
 *   duration_ms: 100,
 * });
 * const { text } = githubOutputs({ result: undefined, exit });
 * console.log(text.includes("exit_reason<<")); // true
 * ```
 */
export function githubOutputs(options: GithubOutputsOptions): GithubOutputs {
  const { exit, newline = "\n" } = options;
  // The text of a failed run is not an answer.
  const result = exit.ok ? options.result : undefined;
  const { fields, omissions } = structuredOutputs(result?.structured_output);
  // `result` only repeats a structured output, so it gets the room that the fields leave.
  const answer = result === undefined ? "" : trimLineEnds(answerOf(result));
  const kept = sliceStart(answer, Math.min(MAX_RESULT_LENGTH, MAX_TOTAL_LENGTH - sizeOf(fields)));
  const outputs = new Map<string, string>([
    ["session_id", exit.session_id ?? ""],
    ["exit_reason", exit.reason ?? ""],
    ["cost_usd", exit.cost_usd === null ? "" : String(exit.cost_usd)],
    ["result", kept],
    ["url", options.url ?? ""],
    ["structured_output", ""],
    ...fields,
  ]);
  const warnings = omissionWarnings(omissions);
  if (kept !== answer) {
    const rest = outputs.get("structured_output")
      ? "structured_output is complete"
      : "--output FILE writes all of it";
    warnings.push(
      `the output result was cut after ${kept.length} of ${answer.length} characters, because ` +
        `GitHub limits outputs. ${rest}`,
    );
  }
  return { text: formatOutputs(outputs, newline), warnings };
}

type Field = readonly [name: string, value: string];

/** A field that is not an output. */
interface Omission {
  readonly name: string;
  readonly reason: string;
}

/** Returns the structured output as a whole and those of its fields for which there is room. */
function structuredOutputs(value: unknown): { fields: Field[]; omissions: Omission[] } {
  const fields: Field[] = [];
  const omissions: Omission[] = [];
  if (value === undefined) return { fields, omissions };
  const candidates: Field[] = [["structured_output", stringifySafe(value)]];
  for (const [name, item] of isJsonObject(value) ? Object.entries(value) : []) {
    candidates.push([name, typeof item === "string" ? item : stringifySafe(item)]);
  }
  // GitHub does not distinguish upper and lower case.
  const usedNames = new Set(RESERVED_NAMES);
  let room = MAX_TOTAL_LENGTH;
  for (const field of candidates) {
    const [name] = field;
    const reason = omissionReason(field, usedNames, room);
    usedNames.add(name.toLowerCase());
    if (reason !== undefined) {
      omissions.push({ name, reason });
      continue;
    }
    fields.push(field);
    room -= sizeOf([field]);
  }
  return { fields, omissions };
}

/** Returns why a field is not an output; undefined if it is one. */
function omissionReason(
  field: Field,
  usedNames: ReadonlySet<string>,
  room: number,
): string | undefined {
  const [name] = field;
  if (!NAME.test(name)) return "output names can contain only letters, digits, _, and -";
  if (usedNames.has(name.toLowerCase())) return "other outputs have these names";
  if (sizeOf([field]) > room) return "they exceed GitHub's limit of 1 MB";
  return undefined;
}

function sizeOf(fields: readonly Field[]): number {
  return fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

function omissionWarnings(omissions: readonly Omission[]): string[] {
  return [...Map.groupBy(omissions, ({ reason }) => reason)].map(([reason, omitted]) => {
    const names = omitted.map(({ name }) => `"${escapeWithinLine(sanitizeLine(name, 60))}"`);
    const count = formatCount(omitted.length, "field");
    const list = truncateList(names, MAX_LISTED_NAMES);
    return `${count} omitted from the outputs, because ${reason}: ${list}`;
  });
}

/** Returns the outputs as the runner reads them. */
function formatOutputs(outputs: ReadonlyMap<string, string>, newline: string): string {
  // The empty line ends a line that an earlier command may have left open.
  let text = newline;
  for (const [name, value] of outputs) {
    // Unpredictable, so that no value can contain it.
    const delimiter = `ccrun_${crypto.randomUUID()}`;
    // A file cannot contain half of a character.
    const lines = value === "" ? "" : `${value.toWellFormed()}${newline}`;
    text += `${name}<<${delimiter}${newline}${lines}${delimiter}${newline}`;
  }
  return text;
}
