import { checkDirectory } from "./output_path.ts";
import { ownUid } from "./own_uid.ts";
import { writeAll } from "./write_all.ts";

/**
 * Opens an existing file to overwrite it, if it cannot be replaced. The file must be regular, belong to the
 * current user and have no other name, so that nothing else changes with it.
 *
 * @param path a path without links in its directory
 * @param isMountPoint allows another owner: the administrator chose the file, as with `docker run -v`
 * @throws if there is no such file, or it cannot be written
 */
export function openInPlace(path: string, isMountPoint = false): Deno.FsFile {
  checkDirectory(path);
  const named = Deno.lstatSync(path);
  // Opening a pipe would wait for a reader.
  if (!named.isFile) throw new Error("it is not a regular file");
  const file = Deno.openSync(path, { write: true });
  try {
    const { dev, ino, uid, nlink } = file.statSync();
    if (dev !== named.dev || ino !== named.ino) throw new Error("another file replaced it");
    if ((nlink ?? 1) > 1) throw new Error("it has another name, which is a hard link");
    if (!isMountPoint && uid !== ownUid()) throw new Error("it belongs to another user");
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Returns whether a file could not be replaced because another file is mounted at its path. */
export function isMountPointError(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EBUSY";
}

/**
 * Overwrites an existing file. Writes the part that needs more space first, because the disk may be full.
 *
 * @param path a path without links in its directory
 * @param isMountPoint see {@linkcode openInPlace}
 * @throws if the file cannot be opened with {@linkcode openInPlace}, or not be written
 */
export async function overwriteFile(
  path: string,
  bytes: Uint8Array,
  isMountPoint = false,
): Promise<void> {
  using file = openInPlace(path, isMountPoint);
  const { size } = await file.stat();
  try {
    await file.seek(size, Deno.SeekMode.Start);
    await writeAll(file, bytes.subarray(size));
  } catch (error) {
    await file.truncate(size);
    throw error;
  }
  await file.seek(0, Deno.SeekMode.Start);
  await writeAll(file, bytes.subarray(0, size));
  await file.truncate(bytes.length);
}
