import type { Options } from "./command_line.ts";
import { findOption } from "./option_spellings.ts";
import { CLAUDE_OPTIONS, OWNED_OPTIONS } from "./options.ts";
import { usageError } from "./usage_error.ts";

/**
 * Checks an argument after `--`, which is passed to claude.
 *
 * @throws {CcrunError} `usage` if claude does not have the option, or ccrun sets it already
 */
export function checkPassthrough(arg: string, options: Options): void {
  const [spelling = ""] = arg.split("=");
  const alternative = OWNED_OPTIONS.get(spelling === "-p" ? "--print" : spelling);
  if (alternative !== undefined) {
    throw usageError(`${spelling} is not allowed after --`, alternative);
  }
  const spec = spelling.startsWith("--") ? findOption(spelling)?.spec : undefined;
  if (spec === undefined) return;
  // claude has --fork-session, but not --fork.
  if (!CLAUDE_OPTIONS.has(spec.name) || spelling === "--fork") {
    throw usageError(`${spelling} is an option of ccrun`, "put it before the --");
  }
  if (spec.name === "settings" && options.has("plans-dir")) {
    throw usageError(
      "--plans-dir cannot be combined with --settings after --",
      "put --settings before the --",
    );
  }
  if (options.has(spec.name) && !spec.isList) {
    throw usageError(`${spelling} is on both sides of --`, "use it once, before the --");
  }
}
