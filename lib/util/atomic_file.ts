import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { CcrunError } from "../errors.ts";
import { onExit } from "./exit_handlers.ts";
import { describeWriteError } from "./file_errors.ts";
import { writeAll } from "./write_all.ts";

/** A file that is replaced as a whole, or stays as it was. */
export interface AtomicFile {
  /** Replaces the file. Rejects if that is not possible. */
  write(text: string): Promise<void>;
}

/**
 * Checks that the file of an option can be written, before claude is started.
 *
 * @param option the option, for the error message
 * @throws {CcrunError} `usage` if the file cannot be written
 */
export async function openAtomicFile(path: string, option: string): Promise<AtomicFile> {
  try {
    // If the path is a link, its target is replaced.
    const target = await Deno.realPath(path).catch(() => targetOfLink(path));
    const mode = await checkWritable(target);
    return { write: (text) => replaceFile(target, text, mode) };
  } catch (error) {
    const reason = describeWriteError(error);
    throw new CcrunError("usage", `cannot write ${option} ${path}: ${reason}`, "name another file");
  }
}

/** Returns the target of a link whose file does not exist. */
async function targetOfLink(path: string): Promise<string> {
  const target = await Deno.readLink(path).catch(() => undefined);
  return target === undefined ? path : resolve(dirname(path), target);
}

/** Returns the mode of a file that can be written; undefined if it can be created. */
async function checkWritable(path: string): Promise<number | undefined> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined) {
    // Removed at once, because claude may work in this directory.
    const temporary = temporaryPath(path);
    await Deno.writeTextFile(temporary, "", { createNew: true });
    await Deno.remove(temporary);
    return undefined;
  }
  if (info.isDirectory) throw new Deno.errors.IsADirectory(path);
  if (!info.isFile) throw new Error("it is not a regular file");
  (await Deno.open(path, { write: true })).close();
  return info.mode ?? undefined;
}

/**
 * Replaces a file, or the link at its path, in one step. Rejects if that is not possible, and keeps the
 * file as it was.
 *
 * @param mode the mode of the file, if it exists already
 */
export async function replaceFile(path: string, text: string, mode?: number): Promise<void> {
  try {
    await renameInto(path, text, mode);
  } catch (error) {
    // A mount point, as in a container, and a file in a read-only directory can be written but not replaced.
    if (mode === undefined) throw error;
    await overwriteFile(path, new TextEncoder().encode(text));
  }
}

async function renameInto(path: string, text: string, mode: number | undefined): Promise<void> {
  const temporary = temporaryPath(path);
  const remove = () => {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was renamed or not created.
    }
  };
  const removeHandler = onExit(remove);
  try {
    await Deno.writeTextFile(temporary, text, { createNew: true });
    if (mode !== undefined && Deno.build.os !== "windows") {
      await Deno.chmod(temporary, mode & 0o777);
    }
    await Deno.rename(temporary, path);
  } finally {
    remove();
    removeHandler();
  }
}

/** Overwrites an existing file. Writes the part that needs more space first, because the disk may be full. */
async function overwriteFile(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
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

function temporaryPath(path: string): string {
  const id = crypto.randomUUID().slice(0, 8);
  return join(dirname(path), `.${basename(path)}.${id}.tmp`);
}
