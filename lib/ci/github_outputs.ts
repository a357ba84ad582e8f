import type { EventOf } from "../events.ts";
import { answerOf } from "../util/answer.ts";
import { escapeLine } from "../terminal/escape_commands.ts";
import { stringifySafe } from "../util/safe_json.ts";
import { sliceStart } from "../util/truncate.ts";
import { formatCount } from "../util/units.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";

/** Options for {@linkcode githubOutputs}. */
export interface GithubOutputsOptions {
  /** The last result, if there is one. */
  result: EventOf<"result"> | undefined;
  exit: EventOf<"exit">;
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

/** The outputs of a job are limited to 1 MB in UTF-16. GitHub drops all of them if there is more. */
const MAX_TOTAL_LENGTH = 500_000;

/** The room for the name of an output. */
const NAME_ROOM = 100;

/** A name that an expression can contain, no longer than {@linkcode NAME_ROOM}. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;

/** The number of names in a warning. */
const MAX_LISTED_NAMES = 10;

/** Further digits of a cost are rounding errors. */
const COST_DIGITS = 6;

const OWN_NAMES = ["session_id", "result", "exit_reason", "cost_usd", "structured_output"];

/**
 * Returns the outputs of a step of GitHub Actions: `session_id`, `result`, `exit_reason`, `cost_usd`,
 * and `structured_output`, and every field of a structured output. The first five are always set,
 * because a step may run ccrun more than once.
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
  const structured = result?.structured_output;
  const outputs = new OutputMap();
  const omissions = new Omissions();
  outputs.add("session_id", exit.session_id ?? "");
  outputs.add("exit_reason", exit.reason);
  outputs.add("cost_usd", String(Number(exit.cost_usd.toFixed(COST_DIGITS))));
  outputs.add("result", "");
  outputs.add("structured_output", "");
  if (structured !== undefined) {
    // First the whole and its fields, because `result` only repeats them.
    if (!outputs.replace("structured_output", stringifySafe(structured))) {
      omissions.add("they exceed GitHub's limit of 1 MB", "structured_output");
    }
    addFields(structured, outputs, omissions);
  }
  const answer = result === undefined ? "" : answerOf(result).slice(0, -1);
  const kept = sliceStart(answer, Math.min(MAX_RESULT_LENGTH, outputs.room));
  outputs.replace("result", kept);
  const warnings = omissions.warnings();
  if (kept !== answer) {
    warnings.push(
      `the output result was cut after ${kept.length} of ${answer.length} characters, because ` +
        `GitHub limits outputs. ${
          outputs.get("structured_output")
            ? "structured_output is complete"
            : "--output FILE writes all of it"
        }`,
    );
  }
  return { text: outputs.format(newline), warnings };
}

function addFields(structured: unknown, outputs: OutputMap, omissions: Omissions): void {
  if (typeof structured !== "object" || structured === null || Array.isArray(structured)) return;
  // GitHub does not distinguish upper and lower case.
  const names = new Set(OWN_NAMES);
  for (const [name, value] of Object.entries(structured)) {
    const lowerCase = name.toLowerCase();
    if (!NAME.test(name)) {
      omissions.add("their names are not letters, digits, _, and -", name);
    } else if (names.has(lowerCase)) {
      omissions.add("other outputs have these names", name);
    } else if (outputs.add(name, typeof value === "string" ? value : stringifySafe(value))) {
      names.add(lowerCase);
    } else {
      omissions.add("they exceed GitHub's limit of 1 MB", name);
    }
  }
}

/** Collects outputs up to the limit of a job. */
class OutputMap {
  #values = new Map<string, string>();
  #room = MAX_TOTAL_LENGTH;

  /** The number of characters that are left. */
  get room(): number {
    return this.#room;
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Adds an output. Returns whether there is room for it. */
  add(name: string, value: string): boolean {
    return this.#set(name, value, NAME_ROOM);
  }

  /** Replaces the empty value of an output. Returns whether there is room for the new one. */
  replace(name: string, value: string): boolean {
    return this.#set(name, value, 0);
  }

  #set(name: string, value: string, nameRoom: number): boolean {
    // A file cannot contain half of a character.
    const wellFormed = value.toWellFormed();
    const size = wellFormed.length + nameRoom;
    if (size > this.#room) return false;
    this.#room -= size;
    this.#values.set(name, wellFormed);
    return true;
  }

  /** Returns the outputs as the runner reads them. */
  format(newline: string): string {
    // The empty line ends a line that an earlier command may have left open.
    let text = newline;
    for (const [name, value] of this.#values) {
      // Unpredictable, so that no value can contain it.
      const delimiter = `ccrun_${crypto.randomUUID()}`;
      const lines = value === "" ? "" : `${value}${newline}`;
      text += `${name}<<${delimiter}${newline}${lines}${delimiter}${newline}`;
    }
    return text;
  }
}

/** Collects the fields that are not outputs, by the reason. */
class Omissions {
  #namesByReason = new Map<string, string[]>();

  add(reason: string, name: string): void {
    const names = this.#namesByReason.get(reason) ?? [];
    names.push(name);
    this.#namesByReason.set(reason, names);
  }

  warnings(): string[] {
    return [...this.#namesByReason].map(([reason, names]) => {
      const listed = names.slice(0, MAX_LISTED_NAMES).map((name) =>
        `"${escapeLine(sanitizeLine(name, 60), false)}"`
      );
      if (names.length > listed.length) listed.push(`${names.length - listed.length} more`);
      const count = formatCount(names.length, "field");
      return `${count} omitted from the outputs, because ${reason}: ${listed.join(", ")}`;
    });
  }
}
