import { createTempDirectory, type TempDirectory } from "./temp_directory.ts";

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
  let directory: TempDirectory | undefined;
  return {
    get dir() {
      return directory?.path;
    },
    async write(name, text) {
      directory ??= await createTempDirectory();
      const path = `${directory.path}/${name}`;
      await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
      return path;
    },
    remove() {
      directory?.[Symbol.dispose]();
      directory = undefined;
    },
  };
}
