import { type AtomicFile, openAtomicFile } from "../util/atomic_file.ts";
import { describeWriteError } from "../util/file_errors.ts";

/** A file that an option names. */
export interface OptionFile {
  /** The option, such as `--output`. */
  readonly option: string;
  /** The absolute path; undefined without the option. */
  readonly path: string | undefined;
  /** Returns the contents; undefined if the run has none for the file. */
  readonly contents: () => string | undefined;
}

/** The files that options name. A run that cannot write one of them fails. */
export class OptionFiles {
  readonly #files: Map<OptionFile, AtomicFile>;

  private constructor(files: Map<OptionFile, AtomicFile>) {
    this.#files = files;
  }

  /**
   * Checks that the files can be written.
   *
   * @param workspaces directories that a path in them must not leave
   * @throws {CcrunError} `usage` if one cannot be written
   */
  static async open(
    files: readonly OptionFile[],
    workspaces: readonly string[],
  ): Promise<OptionFiles> {
    const opened = new Map<OptionFile, AtomicFile>();
    for (const file of files) {
      const { path, option } = file;
      if (path !== undefined) opened.set(file, await openAtomicFile(path, option, workspaces));
    }
    return new OptionFiles(opened);
  }

  /**
   * Writes the files. One that cannot be written is not tried again.
   *
   * @returns an error message for each file that was not written
   */
  async write(): Promise<string[]> {
    const errors: string[] = [];
    for (;;) {
      const error = await this.writeUntilError();
      if (error === undefined) return errors;
      errors.push(error);
    }
  }

  /**
   * Writes the files in their order, until one cannot be written. That one is not tried again.
   *
   * @returns an error message if a file was not written
   */
  async writeUntilError(): Promise<string | undefined> {
    for (const [file, { write }] of this.#files) {
      try {
        const contents = file.contents();
        if (contents !== undefined) await write(contents);
      } catch (error) {
        this.#files.delete(file);
        return `cannot write ${file.option} ${file.path}: ${describeWriteError(error)}`;
      }
    }
    return undefined;
  }
}
