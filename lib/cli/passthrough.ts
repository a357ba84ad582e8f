import type { Options } from "./command_line.ts";
import { findOption } from "./options.ts";
import { usageError } from "./usage_error.ts";

/**
 * Checks an argument after `--`, which is passed to claude.
 *
 * @throws {CcrunError} `usage` if claude does not have the option, or ccrun sets it already
 */
export function checkPassthrough(arg: string, options: Options): void {
  const [spelling = ""] = arg.split("=");
  const long = spelling === "-p" ? "--print" : spelling;
  const spec = long.startsWith("--") ? findOption(long)?.spec : undefined;
  if (spec?.refusal === "set_by_ccrun") {
    throw usageError(`${spelling} is not allowed after --`, spec.help);
  }
  if (spec === undefined || spec.refusal !== undefined) return;
  const isOwnName = spelling === `--${spec.name}` && spelling !== spec.claudeSpelling;
  if (spec.claudeSpelling === undefined || isOwnName) {
    throw usageError(`${spelling} is an option of ccrun`, "put it before the --");
  }
  if (spec.name === "settings") {
    // claude reads one --settings only, and ccrun passes its own.
    throw usageError("--settings is not allowed after --", "put it before the --");
  }
  if (options.has(spec.name) && !spec.isRepeatable) {
    throw usageError(`${spelling} is on both sides of --`, "use it once, before the --");
  }
}
