import { resolve } from "@std/path/resolve";
import type { Env } from "../util/env.ts";

/** What determines where Claude Code keeps its files. */
export interface ConfigLocation {
  /** The environment of Claude Code. */
  readonly env: Env;
  /** The home directory, if it is known. */
  readonly home: string | undefined;
  /** The workspace, absolute. */
  readonly cwd: string;
}

/**
 * Returns the directory in which Claude Code keeps settings, the login and sessions.
 *
 * @returns undefined if neither CLAUDE_CONFIG_DIR nor the home directory is known
 *
 * @example
 * ```ts
 * import { configDirectory } from "./config_directory.ts";
 *
 * console.log(configDirectory({ env: {}, home: "/home/ada", cwd: "/project" })); // /home/ada/.claude
 * ```
 */
export function configDirectory({ env, home, cwd }: ConfigLocation): string | undefined {
  const directory = env["CLAUDE_CONFIG_DIR"];
  // Claude Code resolves an empty value to the workspace.
  if (directory !== undefined) return resolve(cwd, directory);
  return home === undefined ? undefined : resolve(cwd, home, ".claude");
}

/** Returns the path of `.claude.json`, in which Claude Code keeps its state. */
export function stateFile({ env, home, cwd }: ConfigLocation): string | undefined {
  const directory = env["CLAUDE_CONFIG_DIR"] || home;
  return directory === undefined ? undefined : resolve(cwd, directory, ".claude.json");
}
