import { CcrunError } from "../errors.ts";
import { describeWriteError } from "./file_errors.ts";
import { createNewFile } from "./new_file.ts";
import { findOutputTarget, type OutputTarget } from "./output_target.ts";
import { isMountPointError, overwriteFile } from "./overwrite_file.ts";
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
 * @param workspaces directories that a path in them must not leave
 * @throws {CcrunError} `usage` if the file cannot be written
 */
export async function openAtomicFile(
  path: string,
  option: string,
  workspaces: readonly string[] = [],
): Promise<AtomicFile> {
  try {
    const target = await findOutputTarget(path, workspaces);
    return { write: (text) => replaceFile(target, text) };
  } catch (error) {
    const reason = describeWriteError(error);
    throw new CcrunError("usage", `cannot write ${option} ${path}: ${reason}`, "name another file");
  }
}

/**
 * Replaces a file, or the link at its path, in one step. Rejects if that is not possible, and keeps the
 * file as it was.
 */
export async function replaceFile(target: OutputTarget, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    using created = createNewFile(target.path, target.mode);
    await writeAll(created.file, bytes);
    created.publish().close();
  } catch (error) {
    // A mount point, as in a container, and a file in a read-only directory can be written but not replaced.
    if (!target.exists) throw error;
    await overwriteFile(target.path, bytes, isMountPointError(error));
  }
}
