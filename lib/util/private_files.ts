import { createTempDirectory, type TempDirectory, tempDirectoryError } from "./temp_directory.ts";

/**
 * Files that only the current user can read, for values that do not belong in argv. Their directory
 * has mode 0700, and they have mode 0600.
 */
export interface PrivateFiles {
  /** Writes a file and returns its path. @throws {CcrunError} `usage` if that is not possible */
  write(name: string, text: string): string;
  /** Removes the files. No more can be written. They are removed automatically if ccrun exits first. */
  remove(): void;
}

/** Creates an empty set of private files. */
export function createPrivateFiles(): PrivateFiles {
  let directory: TempDirectory | undefined;
  let isRemoved = false;
  return {
    write(name, text) {
      if (isRemoved) throw new Error("the private files have been removed");
      directory ??= createTempDirectory();
      const path = `${directory.path}/${name}`;
      try {
        // A write in the background could create the file while an exit removes the directory.
        Deno.writeTextFileSync(path, text, { mode: 0o600, createNew: true });
      } catch (error) {
        throw tempDirectoryError(`write to ${directory.path}`, error);
      }
      return path;
    },
    remove() {
      isRemoved = true;
      directory?.[Symbol.dispose]();
      directory = undefined;
    },
  };
}
