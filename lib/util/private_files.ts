import { createTempDirectory, type TempDirectory, tempDirectoryError } from "./temp_directory.ts";

/**
 * Files that only the current user can read, for values that do not belong in argv. Their directory
 * has mode 0700, and they have mode 0600.
 */
export interface PrivateFiles {
  /** The directory; undefined until a file is written. */
  readonly dir: string | undefined;
  /** Writes a file and returns its path. @throws {CcrunError} `usage` if that is not possible */
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
      try {
        await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
      } catch (error) {
        throw tempDirectoryError(`write to ${directory.path}`, error);
      }
      return path;
    },
    remove() {
      directory?.[Symbol.dispose]();
      directory = undefined;
    },
  };
}
