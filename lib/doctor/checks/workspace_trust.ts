/**
 * Whether Claude Code trusts a workspace, and what it costs when not. Measured on 2.1.197 and
 * 2.1.330: in print mode it takes no permissions from the settings of a workspace in which nobody has
 * accepted the trust dialog; hooks, variables, MCP servers and refusals it takes. 2.0.25 takes all.
 *
 * @module
 */

import { dirname, resolve } from "@std/path";
import type { ConfigFiles } from "./config_files.ts";
import { getArray, getObject, isObject } from "../../claude/json_fields.ts";

/** Where claude records the trust in a workspace: the repository that it belongs to, or itself. */
export async function trustedFolderOf(cwd: string): Promise<string> {
  const here = await Deno.realPath(cwd).catch(() => cwd);
  for (let folder = here;; folder = dirname(folder)) {
    const git = await Deno.stat(`${folder}/.git`).catch(() => undefined);
    if (git?.isDirectory) return folder;
    if (git?.isFile) return await mainWorktree(folder) ?? folder;
    if (dirname(folder) === folder) return here;
  }
}

/** The repository that a further working tree belongs to; a submodule is one by itself. */
async function mainWorktree(folder: string): Promise<string | undefined> {
  const text = await Deno.readTextFile(`${folder}/.git`).catch(() => "");
  const path = /^gitdir: (.+)\/\.git\/worktrees\/[^/\n]+\s*$/.exec(text)?.[1];
  return path === undefined ? undefined : resolve(folder, path);
}

/** Whether somebody has accepted the trust dialog for a folder of {@linkcode trustedFolderOf}. */
export function isTrusted({ state }: ConfigFiles, folder: string): boolean {
  const project = getObject(getObject(state?.content ?? {}, "projects"), folder);
  return project["hasTrustDialogAccepted"] === true;
}

/** What claude ignores where it has no trust: the settings, and the files that have them. */
export function untrustedSettings({ settings }: ConfigFiles): readonly string[] {
  const ignored = new Set<string>();
  for (const { scope, path, content } of settings) {
    if (scope !== "project" && scope !== "local") continue;
    const permissions = content["permissions"];
    if (!isObject(permissions)) continue;
    for (const name of ["allow", "additionalDirectories"]) {
      if (getArray(permissions, name).length > 0) ignored.add(`permissions.${name} in ${path}`);
    }
  }
  return [...ignored];
}
