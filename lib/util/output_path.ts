import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";

/**
 * Returns the path of a file to write, without links in its directory. A link at the path itself is no
 * concern, because it is replaced.
 *
 * @param workspaces directories whose content others chose. A path that begins in one must not leave it
 * through a link
 * @throws if the directory does not exist, or a link leads out of a workspace
 */
export async function resolveOutputPath(
  path: string,
  workspaces: readonly string[],
): Promise<string> {
  const directory = await Deno.realPath(dirname(path));
  for (const workspace of workspaces) {
    const root = await realPathIfExists(workspace);
    if (root === undefined || isWithin(directory, root)) continue;
    if (await passesThrough(dirname(path), root)) {
      throw new Error(`a link in its path leads out of the workspace ${root}`);
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

/** Returns whether a directory, or one that contains it under its name, is in `root`. */
async function passesThrough(directory: string, root: string): Promise<boolean> {
  for (let at = directory;; at = dirname(at)) {
    const real = await realPathIfExists(at);
    if (real !== undefined && isWithin(real, root)) return true;
    if (at === dirname(at)) return false;
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(join(root, "/"));
}

async function realPathIfExists(path: string): Promise<string | undefined> {
  return await Deno.realPath(path).catch(() => undefined);
}
