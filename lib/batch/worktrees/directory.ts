import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { isInside } from "../../run/outside_path.ts";
import { isDirectory } from "./file_kinds.ts";
import type { GitRepository } from "./git_repository.ts";

/**
 * Returns the path in a worktree that corresponds to a directory of the repository.
 *
 * @param cwd relative to the workspace
 * @param path the worktree
 * @throws if the directory does not exist, or is not in the repository
 */
export async function mapDirectory(
  { workspace, top }: GitRepository,
  cwd: string,
  path: string,
): Promise<string> {
  const directory = await Deno.realPath(resolve(workspace, cwd)).catch(() => undefined);
  if (directory === undefined) throw new Error(`the directory ${cwd} does not exist`);
  if (!isInside(directory, top)) throw new Error(`${cwd} is not in the repository ${top}`);
  return join(path, directory.slice(top.length));
}

/** Returns whether a worktree contains the directory of its task. A link in it can lead elsewhere. */
export async function isInTree(cwd: string, path: string): Promise<boolean> {
  const real = await Deno.realPath(cwd).catch(() => undefined);
  return real !== undefined && isInside(real, path) && await isDirectory(real);
}
