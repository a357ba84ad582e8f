import { CcrunError } from "../errors.ts";
import { onExit } from "./exit_handlers.ts";
import { describeWriteError } from "./file_errors.ts";
import { removeAtDeath } from "./remove_at_death.ts";
import { checkSafeParent, UnsafeDirectory } from "./safe_parent.ts";
import { tempParent } from "./temp_parent.ts";

/** A directory that only the current user can read. It is removed when ccrun exits, even by SIGKILL. */
export interface TempDirectory extends Disposable {
  /** The path, without symbolic links. */
  readonly path: string;
}

/**
 * Creates a temporary directory. This is synchronous, so that ccrun cannot exit between the creation and
 * the registration of the exit handler.
 *
 * @throws {CcrunError} `usage` if that is not possible
 *
 * @example
 * ```ts
 * import { createTempDirectory } from "./temp_directory.ts";
 *
 * using directory = createTempDirectory();
 * await Deno.writeTextFile(`${directory.path}/notes.txt`, "hello");
 * ```
 */
export function createTempDirectory(): TempDirectory {
  const parent = tempParent();
  let path: string;
  let endHelper = () => {};
  try {
    // The path has to be valid in other working directories, too.
    const directory = Deno.realPathSync(parent);
    // Otherwise another user could replace our directory, and with it settings that claude trusts.
    checkSafeParent(directory);
    path = `${directory}/ccrun-${crypto.randomUUID()}`;
    endHelper = removeAtDeath(path);
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    endHelper();
    throw tempDirectoryError(`create a temporary directory in ${parent}`, error);
  }
  const remove = () => {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch {
      // Another program removed it first.
    }
  };
  const removeHandler = onExit(remove);
  return {
    path,
    [Symbol.dispose]() {
      removeHandler();
      remove();
      endHelper();
    },
  };
}

/** Returns the error for what cannot be done in the directory that TMPDIR names. */
export function tempDirectoryError(action: string, error: unknown): Error {
  if (error instanceof Deno.errors.NotCapable) return error;
  return new CcrunError(
    "usage",
    `cannot ${action}: ${describeWriteError(error)}`,
    error instanceof UnsafeDirectory
      ? "set TMPDIR to a directory that only you can write to"
      : "set TMPDIR to a writable directory with free space",
  );
}
