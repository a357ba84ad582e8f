import { openRegularFile } from "../util/bounded_file.ts";

/** What happened to a file besides growing. */
export type FileChange =
  /** It became shorter. Its content is read again from the start. */
  | "truncated"
  /** Another file has its path, which is read from the start. */
  | "replaced"
  /** No readable regular file has its path. It can return. */
  | "vanished";

/** Options for {@linkcode GrowingFile.open}. */
export interface GrowingFileOptions {
  /** Called when something happened to the file, before {@linkcode GrowingFile.read} yields what follows. */
  readonly onChange?: ((change: FileChange) => void) | undefined;
  /** Ends each reading, even if the file grows faster than it is read. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a file can be missing before it counts as removed, in milliseconds. */
export const MISSING_LIMIT_MS = 5_000;

const CHUNK_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/**
 * A text file that another program writes. It can be read again and again, even if it is rotated, truncated
 * or removed meanwhile. A file that is truncated and then grows beyond its old size looks like one that
 * has only grown.
 *
 * @example
 * ```ts
 * import { GrowingFile } from "./growing_file.ts";
 * import { createTempDirectory } from "../util/temp_directory.ts";
 *
 * using directory = createTempDirectory();
 * const path = `${directory.path}/log`;
 * Deno.writeTextFileSync(path, "one\n");
 * using file = await GrowingFile.open(path);
 * console.log((await Array.fromAsync(file.read())).length); // 1
 * console.log((await Array.fromAsync(file.read())).length); // 0
 * Deno.writeTextFileSync(path, "two\n", { append: true });
 * console.log((await Array.fromAsync(file.read())).length); // 1
 * ```
 */
export class GrowingFile implements Disposable {
  readonly path: string;
  #file: Deno.FsFile;
  #onChange: (change: FileChange) => void;
  #signal: AbortSignal | undefined;
  /** How much of the open file was read. */
  #offset = 0;
  #isInLine = false;
  #missingSince: number | undefined;

  private constructor(path: string, file: Deno.FsFile, { onChange, signal }: GrowingFileOptions) {
    this.path = path;
    this.#file = file;
    this.#onChange = onChange ?? (() => {});
    this.#signal = signal;
  }

  /**
   * Opens a file.
   *
   * @throws if the file cannot be read, or is not a regular file
   */
  static async open(path: string, options: GrowingFileOptions = {}): Promise<GrowingFile> {
    return new GrowingFile(path, await openRegularFile(path), options);
  }

  /** How long the file has been missing, in milliseconds; 0 if it was there when it was last read. */
  get missingMs(): number {
    return this.#missingSince === undefined ? 0 : performance.now() - this.#missingSince;
  }

  /**
   * Yields what was written since the last call. If a line before a change is unfinished, a newline ends it.
   * A file that is about to be replaced is read to its end first.
   *
   * @throws if the file cannot be read
   */
  async *read(): AsyncGenerator<Uint8Array, void, void> {
    // A file that gets the path later is read by the next call.
    const named = await statRegularFile(this.path);
    yield* this.#readOpenFile();
    if (named === undefined) return this.#recordMissing();
    if (!await this.#isOpen(named)) {
      const file = await openRegularFile(this.path).catch(() => undefined);
      if (file === undefined) return this.#recordMissing();
      this.#file.close();
      this.#file = file;
      yield* this.#startAgain("replaced");
      yield* this.#readOpenFile();
    }
    this.#missingSince = undefined;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  async *#readOpenFile(): AsyncGenerator<Uint8Array, void, void> {
    const { size } = await this.#file.stat();
    if (size < this.#offset) {
      await this.#file.seek(0, Deno.SeekMode.Start);
      yield* this.#startAgain("truncated");
    }
    while (!this.#signal?.aborted) {
      const buffer = new Uint8Array(CHUNK_BYTES);
      const length = await this.#file.read(buffer);
      if (length === null) return;
      this.#offset += length;
      this.#isInLine = buffer[length - 1] !== NEWLINE;
      yield buffer.subarray(0, length);
    }
  }

  *#startAgain(change: FileChange): Generator<Uint8Array, void, void> {
    const wasInLine = this.#isInLine;
    this.#offset = 0;
    this.#isInLine = false;
    this.#onChange(change);
    if (wasInLine) yield Uint8Array.of(NEWLINE);
  }

  #recordMissing(): void {
    if (this.#missingSince !== undefined) return;
    this.#missingSince = performance.now();
    this.#onChange("vanished");
  }

  /** Returns whether a file that has the path is the open one. */
  async #isOpen(named: Deno.FileInfo): Promise<boolean> {
    const open = await this.#file.stat();
    // Windows has no inode numbers.
    if (named.ino === null || open.ino === null) return named.size >= this.#offset;
    return named.ino === open.ino && named.dev === open.dev;
  }
}

async function statRegularFile(path: string): Promise<Deno.FileInfo | undefined> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.isFile ? info : undefined;
}
