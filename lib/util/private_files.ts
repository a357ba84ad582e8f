import { CcrunError } from "../errors.ts";
import { onExit } from "./exit_handlers.ts";
import { describeWriteError } from "./file_errors.ts";

/**
 * Files that only the current user can read, for values that do not belong in argv. Their directory
 * has mode 0700, and they have mode 0600.
 */
export interface PrivateFiles {
  /** The directory; undefined until a file is written. */
  readonly dir: string | undefined;
  /** Writes a file and returns its path. */
  write(name: string, text: string): Promise<string>;
  /** Removes the files. It is called automatically if ccrun exits first. */
  remove(): void;
}

/** Creates an empty set of private files. */
export function createPrivateFiles(): PrivateFiles {
  let dir: string | undefined;
  let cancelOnExit = () => {};
  const remove = () => {
    cancelOnExit();
    if (dir === undefined) return;
    try {
      Deno.removeSync(dir, { recursive: true });
    } catch {
      // Another program removed it first.
    }
    dir = undefined;
  };
  return {
    get dir() {
      return dir;
    },
    async write(name, text) {
      if (dir === undefined) {
        dir = await makeDirectory();
        cancelOnExit = onExit(remove);
      }
      const path = `${dir}/${name}`;
      await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
      return path;
    },
    remove,
  };
}

async function makeDirectory(): Promise<string> {
  try {
    // The path has to be valid in other working directories, too.
    return await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-" }));
  } catch (error) {
    throw new CcrunError(
      "usage",
      `cannot create a temporary directory: ${describeWriteError(error)}`,
      "set TMPDIR to a writable directory",
    );
  }
}
