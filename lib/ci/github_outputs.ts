import type { EventOf } from "../events.ts";
import { answerOf } from "../render/text.ts";
import { escapeLine } from "./escape_commands.ts";
import { stringifySafe } from "../util/safe_json.ts";
import { formatCount } from "../util/units.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";

/** What the outputs of a step are made of. */
export interface GithubOutputsOptions {
  /** The last result, when there was one. */
  result: EventOf<"result"> | undefined;
  /** How the run ended. */
  exit: EventOf<"exit">;
  /**
   * What ends a line. A Windows runner takes a CR before the line's end for a part of it, so
   * there a value that ends with CR survives only with CR LF.
   *
   * @default {"\n"}
   */
  newline?: "\n" | "\r\n";
}

/** What is to be added to the file of `GITHUB_OUTPUT`. */
export interface GithubOutputs {
  /** What is to be appended to the file. */
  readonly text: string;
  /** What was cut or left out, and why: a line each, safe to show. */
  readonly warnings: readonly string[];
}

/** The longest answer; a longer one is cut. What is left is for the outputs of other steps. */
const MAX_RESULT_LENGTH = 400_000;

/** All outputs of a job may be 1 MB in UTF-16. With more, none of them would be there. */
const MAX_TOTAL_LENGTH = 500_000;

/** Beside its value, an output takes about this much: its name. */
const NAME_LENGTH = 100;

/** The names that are ccrun's own, in lower case. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  "session_id",
  "result",
  "exit_reason",
  "cost_usd",
  "structured_output",
]);

/** What an output can be called so that an expression can name it. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** A longer name is nobody's to write in an expression. */
const MAX_NAME_LENGTH = 100;

/** How many names a warning lists. */
const MAX_NAMED = 10;

/** A part of a dollar below this is noise of adding up. */
const COST_DIGITS = 6;

/**
 * The outputs of a step of GitHub Actions: `session_id`, `result`, `exit_reason`, `cost_usd` and
 * `structured_output`, which are always set, for a step may run ccrun more than once; and the
 * top-level fields of a structured output one by one.
 *
 * What has no room is left out or cut: `result` first, for where there is a structured output it
 * says the same.
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
  // What claude said on the way to a failure is no answer.
  const result = exit.ok ? options.result : undefined;
  const warnings: string[] = [];
  const outputs = new Map<string, string>();
  // These two are there in any case.
  let room = MAX_TOTAL_LENGTH - 2 * NAME_LENGTH;
  const add = (name: string, value: string, more: number) => {
    const wellFormed = value.toWellFormed();
    const size = wellFormed.length + more;
    if (size > room) return false;
    room -= size;
    outputs.set(name, wellFormed);
    return true;
  };
  const set = (name: string, value: string) => add(name, value, NAME_LENGTH);

  set("session_id", exit.session_id ?? "");
  set("exit_reason", exit.reason);
  set("cost_usd", String(Number(exit.cost_usd.toFixed(COST_DIGITS))));
  outputs.set("result", "");
  outputs.set("structured_output", "");
  const structured = result?.structured_output;
  if (structured !== undefined) {
    const left = makeLeftOut();
    if (!add("structured_output", stringifySafe(structured), 0)) {
      left.add("too long", "structured_output");
    }
    const names = new Set(OWN_NAMES);
    for (const [name, value] of fieldsOf(structured)) {
      const lower = name.toLowerCase();
      if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) left.add("unfit", name);
      else if (OWN_NAMES.has(lower)) left.add("own", name);
      else if (names.has(lower)) left.add("twice", name);
      else if (set(name, typeof value === "string" ? value : stringifySafe(value))) {
        names.add(lower);
      } else left.add("too long", name);
    }
    warnings.push(...left.warnings());
  }
  const answer = result === undefined ? "" : answerOf(result).slice(0, -1);
  const kept = cut(answer, Math.min(MAX_RESULT_LENGTH, room));
  add("result", kept, 0);
  if (kept !== answer) {
    warnings.push(
      `the output result is cut at ${kept.length} of ${answer.length} characters: ` +
        "GitHub takes no more; " +
        (outputs.get("structured_output") ? "structured_output has it whole" : KEEPS_WHOLE),
    );
  }
  return { text: outputFile(outputs, newline), warnings };
}

const KEEPS_WHOLE = "--output FILE keeps it whole";

/** The beginning of an answer, not cut within a character. */
function cut(answer: string, length: number): string {
  if (answer.length <= length) return answer;
  return answer.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function fieldsOf(structured: unknown): [string, unknown][] {
  if (typeof structured !== "object" || structured === null || Array.isArray(structured)) return [];
  return Object.entries(structured);
}

/** Why a field of a structured output is no output. */
const WHY_LEFT_OUT = {
  "unfit": "their names do not fit: a letter or _, then letters, digits, _ and -",
  "own": "ccrun's own outputs have these names",
  "twice": "others have these names already, for case does not count",
  "too long": "there is no room: a job's outputs are at the most 1 MB",
} as const;

function makeLeftOut() {
  const left = new Map<keyof typeof WHY_LEFT_OUT, { names: string[]; count: number }>();
  return {
    add(why: keyof typeof WHY_LEFT_OUT, name: string) {
      const found = left.get(why) ?? { names: [], count: 0 };
      left.set(why, found);
      found.count++;
      if (found.names.length < MAX_NAMED) {
        found.names.push(`"${escapeLine(sanitizeLine(name, 60), false)}"`);
      }
    },
    warnings(): string[] {
      return [...left].map(([why, { names, count }]) => {
        const more = count > names.length ? ` and ${count - names.length} more` : "";
        return `${formatCount(count, "field")} left out of the outputs, for ${WHY_LEFT_OUT[why]}: ${
          names.join(", ")
        }${more}`;
      });
    },
  };
}

/** The outputs as the runner reads them. */
function outputFile(outputs: ReadonlyMap<string, string>, newline: string): string {
  // An empty line is skipped; it ends one that an earlier command has left open.
  let text = newline;
  for (const [name, value] of outputs) {
    const delimiter = delimiterFor(value);
    text += `${name}<<${delimiter}${newline}`;
    // A value of no line at all is what an empty one is.
    if (value !== "") text += `${value}${newline}`;
    text += `${delimiter}${newline}`;
  }
  return text;
}

/** A line that nobody can know in advance, and that the value has nowhere. */
function delimiterFor(value: string): string {
  for (;;) {
    const delimiter = `ccrun_${crypto.randomUUID()}`;
    if (!value.includes(delimiter)) return delimiter;
  }
}
