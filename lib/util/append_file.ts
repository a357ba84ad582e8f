import { PRIVATE_MODE } from "./new_file.ts";
import { writeAll } from "./write_all.ts";

/**
 * A file to which several programs append, such as the outputs of a step. `append` writes only to the file
 * that `find` found, or creates the file if there was none.
 */
export class AppendFile {
  readonly #path: string;
  #found: Deno.FileInfo | undefined;

  private constructor(path: string, found: Deno.FileInfo | undefined) {
    this.#path = path;
    this.#found = found;
  }

  /** Finds the file, which need not exist. @throws if it is not a regular one */
  static async find(path: string): Promise<AppendFile> {
    return new AppendFile(path, await statIfExists(path));
  }

  /** Returns the size of the file, or 0 if it does not exist. @throws if it is not a regular one */
  async size(): Promise<number> {
    return (await statIfExists(this.#path))?.size ?? 0;
  }

  /**
   * Appends text. A part that was written before an error, for example because the disk is full, is removed.
   *
   * @throws if the text cannot be written, or another file replaced this one
   */
  async append(text: string): Promise<void> {
    const found = this.#found;
    // Opening a pipe would wait for a reader.
    if (found !== undefined) await statIfExists(this.#path);
    using file = await Deno.open(this.#path, {
      append: true,
      ...(found === undefined ? { createNew: true, mode: PRIVATE_MODE } : {}),
    });
    const info = await file.stat();
    const { dev, ino } = found ?? info;
    if (info.dev !== dev || info.ino !== ino || (info.nlink ?? 1) > 1) {
      throw new Error("another file replaced it");
    }
    this.#found = info;
    try {
      await writeAll(file, new TextEncoder().encode(text));
    } catch (error) {
      await file.truncate(info.size);
      throw error;
    }
  }
}

/** Returns undefined if the file does not exist. @throws if it is not a regular file */
async function statIfExists(path: string): Promise<Deno.FileInfo | undefined> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  if (!info.isFile) throw new Error("it is not a regular file");
  return info;
}
