import { CcrunError } from "../errors.ts";
import { onExit } from "./exit_handlers.ts";
import { describeWriteError } from "./file_errors.ts";

/** A directory that only the current user can read. It is removed automatically if ccrun exits first. */
export interface TempDirectory extends Disposable {
  /** The path, without symbolic links. */
  readonly path: string;
}

/**
 * Creates a temporary directory.
 *
 * @throws {CcrunError} `usage` if that is not possible
 *
 * @example
 * ```ts
 * import { createTempDirectory } from "./temp_directory.ts";
 *
 * using directory = await createTempDirectory();
 * await Deno.writeTextFile(`${directory.path}/notes.txt`, "hello");
 * ```
 */
export async function createTempDirectory(): Promise<TempDirectory> {
  let path: string;
  try {
    // The path has to be valid in other working directories, too.
    path = await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-" }));
  } catch (error) {
    const parent = Deno.env.get("TMPDIR");
    throw tempDirectoryError(
      `create a temporary directory${parent === undefined ? "" : ` in ${parent}`}`,
      error,
    );
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
    },
  };
}

/** Returns the usage error for what cannot be done in the directory that TMPDIR names. */
export function tempDirectoryError(action: string, error: unknown): CcrunError {
  return new CcrunError(
    "usage",
    `cannot ${action}: ${describeWriteError(error)}`,
    "set TMPDIR to a writable directory with free space",
  );
}
