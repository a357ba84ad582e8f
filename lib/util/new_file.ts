import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { onExit } from "./exit_handlers.ts";
import { checkDirectory } from "./output_path.ts";

/** A new file with a temporary name, in the directory of its final one. It is removed if it is not published. */
export interface NewFile extends Disposable {
  readonly file: Deno.FsFile;
  /**
   * Gives the file its final name and returns it, open. Replaces the file or link that had that name. The
   * target of a link, and the other names of a hard link, keep their content.
   *
   * @throws if the file cannot be renamed
   */
  publish(): Deno.FsFile;
}

/** The mode of a file that only its owner can read. */
export const PRIVATE_MODE = 0o600;

/**
 * Creates a file with a temporary name. Its mode is given at the creation and not changed later, because its
 * path could lead to another file by then. This is synchronous, so that ccrun cannot exit between the
 * creation and the registration of the exit handler.
 *
 * @param path the final path, without links in its directory
 * @param mode the mode, which the umask narrows
 * @throws if the file cannot be created
 *
 * @example
 * ```ts
 * import { createNewFile } from "./new_file.ts";
 * import { createTempDirectory } from "./temp_directory.ts";
 *
 * using directory = createTempDirectory();
 * using notes = createNewFile(`${directory.path}/notes.txt`);
 * await notes.file.write(new TextEncoder().encode("hello"));
 * notes.publish().close();
 * ```
 */
export function createNewFile(path: string, mode: number = PRIVATE_MODE): NewFile {
  checkDirectory(path);
  const id = crypto.randomUUID().slice(0, 8);
  const temporary = join(dirname(path), `.ccrun-${id}.tmp`);
  const file = Deno.openSync(temporary, { write: true, createNew: true, mode });
  let isPublished = false;
  const remove = () => {
    if (!isPublished) Deno.removeSync(temporary);
  };
  const removeHandler = onExit(remove);
  return {
    file,
    publish() {
      checkDirectory(path);
      Deno.renameSync(temporary, path);
      isPublished = true;
      return file;
    },
    [Symbol.dispose]() {
      removeHandler();
      if (isPublished) return;
      file.close();
      try {
        remove();
      } catch {
        // Another program removed it, or its directory.
      }
    },
  };
}
