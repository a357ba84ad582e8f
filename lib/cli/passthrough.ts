import type { Options } from "./command_line.ts";
import { findOption } from "./options.ts";
import { usageError } from "./usage_error.ts";

/** Options of claude that only ccrun sets, with the hint for each. */
export const RESERVED_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["--print", "remove it: ccrun always runs claude this way"],
  ["--output-format", "use ccrun's --format"],
  ["--input-format", "pass the prompt on stdin or with -p"],
  ["--verbose", "remove it: ccrun always sets it"],
  ["--include-partial-messages", "use ccrun's --partial"],
]);

/**
 * Checks an argument after `--`, which is passed to claude.
 *
 * @throws {CcrunError} `usage` if claude does not have the option, or ccrun sets it already
 */
export function checkPassthrough(arg: string, options: Options): void {
  const [spelling = ""] = arg.split("=");
  const alternative = RESERVED_OPTIONS.get(spelling === "-p" ? "--print" : spelling);
  if (alternative !== undefined) {
    throw usageError(`${spelling} is not allowed after --`, alternative);
  }
  const spec = spelling.startsWith("--") ? findOption(spelling)?.spec : undefined;
  if (spec === undefined) return;
  const isOwnName = spelling === `--${spec.name}` && spelling !== spec.claudeSpelling;
  if (spec.claudeSpelling === undefined || isOwnName) {
    throw usageError(`${spelling} is an option of ccrun`, "put it before the --");
  }
  if (spec.name === "settings" && options.has("plans-dir")) {
    throw usageError(
      "--plans-dir cannot be combined with --settings after --",
      "put --settings before the --",
    );
  }
  if (options.has(spec.name) && !spec.isRepeatable) {
    throw usageError(`${spelling} is on both sides of --`, "use it once, before the --");
  }
}
