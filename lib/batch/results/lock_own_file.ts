import { lockFile } from "../../util/lock_file.ts";
import { createNewFile } from "../../util/new_file.ts";
import { findOutputTarget } from "../../util/output_target.ts";
import { ownUid } from "../../util/own_uid.ts";

/** A file that is open and locked. */
export interface LockedFile {
  /** The path, without links in its directory. */
  readonly path: string;
  readonly file: Deno.FsFile;
}

/**
 * Opens a private file of the current user, which is created if necessary, and locks it until it is closed.
 *
 * @param workspaces directories that a path in them must not leave
 * @returns undefined if another program has locked it
 * @throws if it is a link, not a regular file, or the file of another user, or cannot be written
 */
export async function lockOwnFile(
  path: string,
  workspaces: readonly string[],
): Promise<LockedFile | undefined> {
  const target = await findOutputTarget(path, workspaces);
  if (target.exists && (await Deno.lstat(target.path)).isSymlink) throw new Error("it is a link");
  const file = await lockFile(target.path);
  if (file === undefined) return undefined;
  try {
    const { uid } = await checkPath(target.path, file);
    if (uid !== newFileUid(target.path) && uid !== ownUid()) {
      throw new Error("it belongs to another user");
    }
    return { path: target.path, file };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Checks that a path still leads to an open file, which has no other name.
 *
 * @returns the information about the file
 * @throws if another file has replaced it, or it was removed
 */
export async function checkPath(path: string, file: Deno.FsFile): Promise<Deno.FileInfo> {
  const [info, named] = await Promise.all([file.stat(), Deno.lstat(path)]);
  if (!named.isFile || info.dev !== named.dev || info.ino !== named.ino) {
    throw new Error("another file replaced it");
  }
  if ((info.nlink ?? 1) > 1) throw new Error("it has another name, which is a hard link");
  return info;
}

/** Returns the owner of new files beside a file. A network file system can map users to others. */
function newFileUid(path: string): number | null {
  try {
    using created = createNewFile(path);
    return created.file.statSync().uid;
  } catch {
    return ownUid();
  }
}
