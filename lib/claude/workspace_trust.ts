import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { resolve } from "@std/path/resolve";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import type { JsonObject } from "../util/json.ts";
import { selfAndParents } from "../util/parents.ts";
import { getObject } from "./json_fields.ts";

/** More than git writes into the files that link a worktree to its repository. */
const MAX_LINK_BYTES = 64 * 1024;

/**
 * Returns whether the user has accepted the trust dialog of Claude Code for a workspace. The answer counts
 * for the whole repository, but not for directories inside another one.
 *
 * @param workspace the workspace, absolute
 * @param state the content of `.claude.json`
 */
export async function isTrustedWorkspace(workspace: string, state: JsonObject): Promise<boolean> {
  const directory = await Deno.realPath(workspace).catch(() => workspace);
  const key = await repositoryRoot(directory) ?? directory;
  const project = getObject(getObject(state, "projects"), key);
  return project["hasTrustDialogAccepted"] === true;
}

/**
 * Returns the root of the git repository that contains a directory: for a worktree, that of its main
 * checkout. Returns undefined outside of repositories.
 */
export async function repositoryRoot(directory: string): Promise<string | undefined> {
  for (const root of selfAndParents(directory)) {
    const git = resolve(root, ".git");
    const info = await Deno.stat(git).catch(() => undefined);
    if (info?.isDirectory) return root;
    if (info?.isFile) return await mainCheckout(git) ?? root;
  }
  return undefined;
}

/**
 * Returns the main checkout of a worktree. The repository must name the worktree as well, because a copied
 * `.git` file could name any repository.
 */
async function mainCheckout(gitFile: string): Promise<string | undefined> {
  try {
    const link = /^gitdir:\s*(.+?)\s*$/.exec(await readLink(gitFile))?.[1];
    if (link === undefined) return undefined;
    const worktree = resolve(dirname(gitFile), link);
    const backLink = resolve(worktree, (await readLink(resolve(worktree, "gitdir"))).trim());
    if (await Deno.realPath(backLink) !== await Deno.realPath(gitFile)) return undefined;
    const common = (await readLink(resolve(worktree, "commondir"))).trim();
    const repository = await Deno.realPath(resolve(worktree, common));
    return basename(repository) === ".git" ? dirname(repository) : repository;
  } catch {
    return undefined;
  }
}

async function readLink(path: string): Promise<string> {
  return await readBoundedTextFile(path, MAX_LINK_BYTES);
}
