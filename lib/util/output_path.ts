import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";

/**
 * Returns the path of a file to write, without links in its directory. A link at the path itself is no
 * concern, because it is replaced.
 *
 * Others choose the links in a workspace. A path that enters one must not leave it through a link.
 *
 * @param workspaces the workspaces that are known. A directory with `.git` is one, too
 * @throws if the directory does not exist, or a link leads out of a workspace
 */
export async function resolveOutputPath(
  path: string,
  workspaces: readonly string[],
): Promise<string> {
  const directory = await Deno.realPath(dirname(path));
  const known = await Promise.all(workspaces.map(realPathIfExists));
  for (const at of selfAndParents(dirname(path))) {
    const entered = await Deno.realPath(at);
    const roots = [...known, await checkoutOf(entered)].filter((root) => root !== undefined);
    const left = roots.find((root) => isWithin(entered, root) && !isWithin(directory, root));
    if (left !== undefined) {
      throw new Error(`a link in its path leads out of the workspace ${left}`);
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

/** Returns the innermost directory with `.git` that contains a directory. */
async function checkoutOf(directory: string): Promise<string | undefined> {
  for (const at of selfAndParents(directory)) {
    if (await realPathIfExists(join(at, ".git")) !== undefined) return at;
  }
  return undefined;
}

function* selfAndParents(path: string): Generator<string> {
  for (let at = path;; at = dirname(at)) {
    yield at;
    if (at === dirname(at)) return;
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(join(root, "/"));
}

async function realPathIfExists(path: string): Promise<string | undefined> {
  return await Deno.realPath(path).catch(() => undefined);
}
