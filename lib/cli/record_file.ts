import { CcrunError } from "../errors.ts";
import type { LineRedactor } from "../redact/line_redactor.ts";
import { describeWriteError } from "../util/file_errors.ts";
import { writeAll } from "../util/write_all.ts";
import { usageError } from "./usage_error.ts";

/**
 * Opens the file of `--record`. Only its owner can read it, because it may contain secrets.
 *
 * @param redactor removes secrets from what is written
 * @throws {CcrunError} `usage` if the file cannot be written
 */
export async function openRecordFile(
  path: string,
  redactor?: LineRedactor,
): Promise<RecordFile> {
  try {
    const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
    const { isFile } = await file.stat();
    // The file may have existed with another mode.
    if (isFile && Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    return new RecordFile(path, file, isFile, redactor);
  } catch (error) {
    throw usageError(describeFailure(path, error), "name another file");
  }
}

/** A file that keeps claude's stream. */
export class RecordFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #redactor: LineRedactor | undefined;
  /** Whether the file may still have an earlier recording, which stays until there is something to write. */
  #hasOldRecording: boolean;

  constructor(
    path: string,
    file: Deno.FsFile,
    hasOldRecording: boolean,
    redactor: LineRedactor | undefined,
  ) {
    this.#path = path;
    this.#file = file;
    this.#hasOldRecording = hasOldRecording;
    this.#redactor = redactor;
  }

  /** Writes a chunk. @throws {CcrunError} `failed` if it cannot be written */
  async write(chunk: Uint8Array): Promise<void> {
    await this.#append(this.#redactor?.push(chunk) ?? chunk);
  }

  /** Closes the file. @throws {CcrunError} `failed` if the last line cannot be written */
  async close(): Promise<void> {
    try {
      if (this.#redactor !== undefined) await this.#append(this.#redactor.end());
    } finally {
      this.#file.close();
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    try {
      if (this.#hasOldRecording) await this.#file.truncate();
      this.#hasOldRecording = false;
      await writeAll(this.#file, bytes);
    } catch (error) {
      throw new CcrunError("failed", describeFailure(this.#path, error));
    }
  }
}

function describeFailure(path: string, error: unknown): string {
  return `cannot write --record ${path}: ${describeWriteError(error)}`;
}
