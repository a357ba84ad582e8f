import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { ownUid } from "./own_uid.ts";
import { selfAndParents } from "./parents.ts";

/** Directories whose files make git or claude run programs. */
const CONTROL_DIRECTORIES = [".git", ".claude"] as const;

/**
 * Returns the path of a file to write, without links in its directory. A link at the path itself is no
 * concern, because it is replaced.
 *
 * Others choose the links in a workspace. A path that enters one must not leave it through a link, or lead
 * to the files that control git or claude. Links of other users in a directory such as /tmp are refused, too.
 *
 * @param workspaces the workspaces that are known. A directory with `.git` is one, too
 * @throws if the directory does not exist, or a link in the path is not safe
 */
export async function resolveOutputPath(
  path: string,
  workspaces: readonly string[],
): Promise<string> {
  const directory = await Deno.realPath(dirname(path));
  const known = await Promise.all(workspaces.map(realPathIfExists));
  for (const at of selfAndParents(dirname(path))) {
    await checkOwnerOfLink(at);
    const entered = await Deno.realPath(at);
    const roots = [...known, await checkoutOf(entered)].filter((root) => root !== undefined)
      .filter((root) => isWithin(entered, root));
    const withoutLinks = join(entered, dirname(path).slice(at.length));
    for (const root of roots) {
      if (!isWithin(directory, root)) {
        throw new Error(`a link in its path leads out of the workspace ${root}`);
      }
      const control = CONTROL_DIRECTORIES.find((name) =>
        isPartOf(name, directory.slice(root.length)) &&
        !isPartOf(name, withoutLinks.slice(root.length))
      );
      if (control !== undefined) throw new Error(`a link in its path leads into ${control}`);
    }
  }
  return join(directory, basename(path));
}

/**
 * Checks the directory of a resolved path again, because a program that ran since then may have replaced a
 * part of it by a link.
 *
 * @throws if a part of the path is a link, or the directory does not exist
 */
export function checkDirectory(path: string): void {
  const directory = dirname(path);
  if (Deno.realPathSync(directory) !== directory) {
    throw new Error("a directory in its path was replaced by a link");
  }
}

/** The mode bits of a directory such as /tmp, in which any user can create links. */
const STICKY_AND_WRITABLE_BY_ALL = 0o1002;

/**
 * Fails for a link that Linux does not follow either, with `fs.protected_symlinks`: one of another user in
 * a directory such as /tmp. Resolving a path does not apply that rule.
 */
async function checkOwnerOfLink(path: string): Promise<void> {
  const link = await Deno.lstat(path);
  if (!link.isSymlink) return;
  const { mode, uid } = await Deno.stat(dirname(path));
  const isShared = ((mode ?? 0) & STICKY_AND_WRITABLE_BY_ALL) === STICKY_AND_WRITABLE_BY_ALL;
  if (isShared && link.uid !== uid && link.uid !== ownUid()) {
    throw new Error(`the link ${path} belongs to another user`);
  }
}

function isPartOf(name: string, path: string): boolean {
  return path.split("/").includes(name);
}

/** Returns the innermost directory with `.git` that contains a directory. */
async function checkoutOf(directory: string): Promise<string | undefined> {
  for (const at of selfAndParents(directory)) {
    if (await realPathIfExists(join(at, ".git")) !== undefined) return at;
  }
  return undefined;
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(join(root, "/"));
}

async function realPathIfExists(path: string): Promise<string | undefined> {
  return await Deno.realPath(path).catch(() => undefined);
}
