import { onExit } from "../util/exit_handlers.ts";
import { describeWriteError } from "../util/file_errors.ts";
import { CcrunError } from "../errors.ts";

/**
 * Files that only claude is to read: values that do not belong in argv. They are
 * in a directory of their own, mode 0700, and have mode 0600.
 */
export interface PrivateFiles {
  /** The directory; undefined until there is a file. */
  readonly dir: string | undefined;
  /** Writes a file and gives its path. */
  write(name: string, text: string): Promise<string>;
  /** Removes all of them. Is called at every kind of end. */
  remove(): void;
}

async function makeFolder(): Promise<string> {
  try {
    // Who uses it may be in another directory.
    return await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-" }));
  } catch (error) {
    throw new CcrunError(
      "usage",
      `cannot make a temporary folder: ${describeWriteError(error)}`,
      "let TMPDIR name a folder that can be written",
    );
  }
}

/** Makes an empty set of private files; the directory is made with the first file. */
export function createPrivateFiles(): PrivateFiles {
  let dir: string | undefined;
  let forget = () => {};
  const remove = () => {
    forget();
    if (dir === undefined) return;
    try {
      Deno.removeSync(dir, { recursive: true });
    } catch {
      // Somebody cleaned up before us.
    }
    dir = undefined;
  };
  return {
    get dir() {
      return dir;
    },
    async write(name, text) {
      if (dir === undefined) {
        dir = await makeFolder();
        forget = onExit(remove);
      }
      const path = `${dir}/${name}`;
      await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
      return path;
    },
    remove,
  };
}
