import { CcrunError } from "../errors.ts";
import { describeWriteError } from "../util/file_errors.ts";

/** A file that keeps claude's stream. */
export interface RecordFile {
  /** Writes all bytes of a chunk. Rejects if they cannot be written. */
  write(chunk: Uint8Array): Promise<void>;
  /** Closes the file. Throws if the rest cannot be written. */
  close(): void;
}

/** Changes bytes on their way into the file. */
export interface ByteChange {
  /** Adds a chunk and returns what no later chunk can change. */
  push(chunk: Uint8Array): Uint8Array;
  /** Returns the rest. */
  end(): Uint8Array;
}

const UNCHANGED: ByteChange = { push: (chunk) => chunk, end: () => new Uint8Array() };

/**
 * Opens the file of `--record`. Only its owner can read it, because it may contain secrets.
 *
 * @param change changes the bytes. @default the identity
 * @throws {CcrunError} `usage` if the file cannot be written
 */
export async function openRecordFile(
  path: string,
  change: ByteChange = UNCHANGED,
): Promise<RecordFile> {
  try {
    const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
    const { isFile } = await file.stat();
    // The file may have existed with another mode.
    if (isFile && Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    return new Writer(file, change, isFile);
  } catch (error) {
    const reason = describeWriteError(error);
    throw new CcrunError("usage", `cannot write --record ${path}: ${reason}`, "name another file");
  }
}

class Writer implements RecordFile {
  readonly #file: Deno.FsFile;
  readonly #change: ByteChange;
  /** Whether the file still has an earlier recording, which stays until there is something to write. */
  #isOld: boolean;

  constructor(file: Deno.FsFile, change: ByteChange, isOld: boolean) {
    this.#file = file;
    this.#change = change;
    this.#isOld = isOld;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const bytes = this.#change.push(chunk);
    if (bytes.length === 0) return;
    this.#removeOld();
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }

  close(): void {
    try {
      const rest = this.#change.end();
      if (rest.length > 0) this.#removeOld();
      for (let at = 0; at < rest.length;) at += this.#file.writeSync(rest.subarray(at));
    } finally {
      this.#file.close();
    }
  }

  #removeOld(): void {
    if (this.#isOld) this.#file.truncateSync();
    this.#isOld = false;
  }
}
