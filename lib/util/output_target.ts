import { dirname } from "@std/path/dirname";
import { createNewFile, PRIVATE_MODE } from "./new_file.ts";
import { resolveOutputPath } from "./output_path.ts";
import { openInPlace } from "./overwrite_file.ts";

/** The place of a file to write. */
export interface OutputTarget {
  /** The path, without links in its directory. */
  readonly path: string;
  /** Whether something has this path already. */
  readonly exists: boolean;
  /** The mode of the new file: that of the file that it replaces, if that is ours, or a private one. */
  readonly mode: number;
}

/** The mode bit of a directory in which only the owner of a file can replace it, such as /tmp. */
const STICKY = 0o1000;

/**
 * Finds the place of a file, and checks that the file can be written.
 *
 * @param workspaces directories that a path in them must not leave, see {@linkcode resolveOutputPath}
 * @throws if the file cannot be written
 */
export async function findOutputTarget(
  path: string,
  workspaces: readonly string[] = [],
): Promise<OutputTarget> {
  const info = await lstatIfExists(path);
  if (info?.isDirectory) throw new Deno.errors.IsADirectory(path);
  if (info !== undefined && !info.isFile && !info.isSymlink) throw notRegular();
  const resolved = await resolveOutputPath(path, workspaces);
  // Its links are the streams of this program.
  if (dirname(resolved) === "/dev") throw notRegular();
  const isOwnFile = checkWritable(resolved, info);
  return {
    path: resolved,
    exists: info !== undefined,
    mode: isOwnFile ? (info?.mode ?? PRIVATE_MODE) & 0o777 : PRIVATE_MODE,
  };
}

/** Checks that a file can be replaced, overwritten or created. Returns whether it is a regular one of ours. */
function checkWritable(path: string, info: Deno.FileInfo | undefined): boolean {
  let uid: number | null;
  try {
    uid = uidOfNewFile(path);
  } catch (error) {
    if (!info?.isFile || !canOverwrite(path)) throw error;
    return true;
  }
  if (info === undefined) return false;
  if (info.uid !== uid) {
    checkNotSticky(dirname(path), uid);
    return false;
  }
  if (!info.isFile) return false;
  // A file that its owner made read-only stays as it is.
  Deno.openSync(path, { write: true }).close();
  return true;
}

/** Creates a file and removes it at once, because claude may work in its directory. Returns its owner. */
function uidOfNewFile(path: string): number | null {
  using created = createNewFile(path);
  return created.file.statSync().uid;
}

/** Returns whether a file in a read-only directory can be written. */
function canOverwrite(path: string): boolean {
  try {
    openInPlace(path).close();
    return true;
  } catch {
    return false;
  }
}

/** Fails for a directory in which the file of another user cannot be replaced. */
function checkNotSticky(directory: string, uid: number | null): void {
  const { mode, uid: owner } = Deno.statSync(directory);
  const isSticky = ((mode ?? 0) & STICKY) !== 0;
  if (isSticky && uid !== owner && uid !== 0) throw new Error("it belongs to another user");
}

async function lstatIfExists(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function notRegular(): Error {
  return new Error("it is not a regular file");
}
