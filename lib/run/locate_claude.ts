import { findClaude, type MissingClaude } from "../claude/find.ts";
import { CcrunError, type Failure } from "../errors.ts";
import type { Env } from "../util/env.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { shellQuotePath } from "../util/shell_quote.ts";
import type { RunRequest } from "./request.ts";

/**
 * Finds the claude of a request.
 *
 * @throws {CcrunError} `not_found` or `not_executable`
 */
export async function locateClaude(
  request: Pick<RunRequest, "claudePath" | "claudeSource" | "env" | "baseDirectory">,
): Promise<string> {
  const { claudePath: path, claudeSource, baseDirectory } = request;
  const env = await withHome(request.env);
  const claude = await findClaude({ path, env, baseDirectory });
  if (claude.status === "found") return claude.path;
  const { kind, message, hint } = explainMissingClaude(claude, env, claudeSource);
  throw new CcrunError(kind, message, hint);
}

/** Returns an environment with HOME, if the home directory is known. */
export async function withHome(env: Env): Promise<Env> {
  const home = await homeDirectory(env);
  return home === undefined ? env : { ...env, HOME: home };
}

const NO_HOME_HINT = "set HOME, without which the directories of installers are unknown; or ";

const INSTALL_HINT = "install it with: npm install -g @anthropic-ai/claude-code, " +
  "or name it with --claude PATH or CCRUN_CLAUDE";

const OTHER_NAME_HINT =
  "correct the name, or leave it out to search PATH and the install directories";

const HOME_HINT = "~ is not expanded there: use the full path, such as /home/me/...";

/**
 * Explains why claude was not found.
 *
 * @param env the environment that was searched
 * @param source the option or variable that names claude
 */
export function explainMissingClaude(
  missing: MissingClaude,
  env: Env,
  source = "--claude",
): Failure {
  const searched = `PATH (${env["PATH"] ?? "not set"})`;
  switch (missing.status) {
    case "not_installed": {
      const directories = missing.directories.join(", ");
      const message =
        `Claude Code is not installed: no claude in ${searched}, nor in ${directories}`;
      const hasHome = (env["HOME"] || env["USERPROFILE"] || "") !== "";
      return { kind: "not_found", message, hint: (hasHome ? "" : NO_HOME_HINT) + INSTALL_HINT };
    }
    case "not_in_path": {
      const message = `${source} names ${missing.path}, which is not in ${searched}`;
      return { kind: "not_found", message, hint: OTHER_NAME_HINT };
    }
    case "missing": {
      const hint = missing.path.startsWith("~/") ? HOME_HINT : OTHER_NAME_HINT;
      const message = `${source} names ${missing.path}, which does not exist`;
      return { kind: "not_found", message, hint };
    }
    case "directory": {
      const message = `${source} names ${missing.path}, which is a directory`;
      return { kind: "not_executable", message, hint: "name the executable in it" };
    }
    case "not_executable": {
      const message = `${source} names ${missing.path}, which is not executable`;
      return { kind: "not_executable", message, hint: chmodHint(missing.path) };
    }
    case "found_not_executable": {
      const message = `${missing.path} is not executable`;
      return { kind: "not_executable", message, hint: chmodHint(missing.path) };
    }
  }
}

function chmodHint(path: string): string {
  return `if it is the right one: chmod +x ${shellQuotePath(path)}`;
}
