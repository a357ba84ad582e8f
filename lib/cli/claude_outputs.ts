import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { describeWriteError } from "../util/file_errors.ts";
import { resolveOutputPath } from "../util/output_path.ts";
import { getPath, getWorkspaces, type Options } from "./command_line.ts";
import { usageError } from "./usage_error.ts";

/** The options that name a place where claude writes. */
const CLAUDE_OUTPUT_OPTIONS = ["plans-dir", "debug-file"];

/**
 * Checks that no link in a workspace redirects what claude writes on behalf of an option.
 *
 * @throws {CcrunError} `usage` if a link leads out of a workspace, or nowhere
 */
export async function checkClaudeOutputs(options: Options, cwd: string): Promise<void> {
  for (const name of CLAUDE_OUTPUT_OPTIONS) {
    const path = getPath(options, name, cwd);
    if (path === undefined) continue;
    try {
      // claude creates the directories that do not exist.
      await resolveOutputPath(join(await existingPart(path), "file"), getWorkspaces(options, cwd));
    } catch (error) {
      const source = options.get(name)?.source;
      throw usageError(
        `cannot use ${source} ${path}: ${describeWriteError(error)}`,
        "name another path",
      );
    }
  }
}

/** Returns the longest part of a path that exists, perhaps as a link. */
async function existingPart(path: string): Promise<string> {
  for (let at = path;; at = dirname(at)) {
    const exists = await Deno.lstat(at).then(() => true, () => false);
    if (exists || at === dirname(at)) return at;
  }
}
