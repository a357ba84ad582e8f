import { dirname } from "@std/path/dirname";
import { resolve } from "@std/path/resolve";

/** The directories whose entries are homes or disks. */
const PARENTS_OF_TREES: ReadonlySet<string | undefined> = new Set([
  "Users",
  "Volumes",
  "home",
  "media",
  "mnt",
  "private",
]);

/** The trees of the kernel, in which a process can read the environment of another one. */
const KERNEL_TREES: ReadonlySet<string | undefined> = new Set(["dev", "proc", "sys"]);

/** Returns whether the workspace contains a path. */
export function isInside(path: string, workspace: string): boolean {
  const root = resolve(workspace);
  const prefix = root.endsWith("/") ? root : `${root}/`;
  const absolute = resolve(root, path);
  return absolute === root || absolute.startsWith(prefix);
}

/**
 * Returns whether access to a path gives access to much more than was asked for: `/` and what is directly
 * below it, a home directory or a disk, and whatever contains the workspace or the user's home directory.
 */
export function isBroad(path: string, workspace: string, home?: string): boolean {
  const [top, ...below] = path.split("/").filter((name) => name !== "");
  if (below.length === 0) return true;
  if (below.length === 1 && PARENTS_OF_TREES.has(top)) return true;
  if (home !== undefined && isInside(home, path)) return true;
  return path !== resolve(workspace) && isInside(workspace, path);
}

/** Returns whether a directory can contain keys and settings: a hidden one, or one of the kernel. */
export function isSensitive(directory: string): boolean {
  const names = directory.split("/").filter((name) => name !== "");
  return KERNEL_TREES.has(names[0]) || names.some((name) => name.startsWith("."));
}

/**
 * Returns the directories outside the workspace that a command needs for its paths.
 *
 * @returns undefined if one of them should not be suggested, or is not known
 */
export function outsideDirectories(
  paths: readonly string[],
  workspace: string,
  home?: string,
): readonly string[] | undefined {
  // The shell replaces a tilde, so that the path is not known.
  if (paths.some((path) => path.startsWith("~"))) return undefined;
  const outside = paths.filter((path) => !isInside(path, workspace));
  const directories = new Set(outside.map((path) => dirname(resolve(workspace, path))));
  const isWithheld = (directory: string) =>
    isBroad(directory, workspace, home) || isSensitive(directory);
  return [...directories].some(isWithheld) ? undefined : [...directories];
}
