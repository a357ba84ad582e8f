import { CcrunError } from "../errors.ts";
import type { LineRedactor } from "../redact/line_redactor.ts";
import { describeWriteError } from "../util/file_errors.ts";
import { createNewFile } from "../util/new_file.ts";
import { findOutputTarget, type OutputTarget } from "../util/output_target.ts";
import { isMountPointError, openInPlace } from "../util/overwrite_file.ts";
import { writeAll } from "../util/write_all.ts";
import { openPipeOrDevice } from "./pipe_or_device.ts";
import { usageError } from "./usage_error.ts";

/** Options for {@linkcode openRecordFile}. */
export interface RecordFileOptions {
  /** The option that names the file. @default {"--record"} */
  readonly option?: string;
  /** The directories that a path in them must not leave. @default {[]} */
  readonly workspaces?: readonly string[];
  /** Removes secrets from what is written. */
  readonly redactor?: LineRedactor | undefined;
  /** Whether the file can be a pipe or a device, which the user has named. @default {true} */
  readonly canBeSpecial?: boolean;
}

/**
 * Opens the file of `--record`. It is a new file that only its owner can read, because it may contain
 * secrets. An old recording stays until there is something to write.
 *
 * @throws {CcrunError} `usage` if the file cannot be written
 */
export async function openRecordFile(
  path: string,
  { option = "--record", workspaces = [], redactor, canBeSpecial = true }: RecordFileOptions = {},
): Promise<RecordFile> {
  const parts = { path, option, redactor };
  try {
    const special = canBeSpecial ? await openPipeOrDevice(path, workspaces) : undefined;
    if (special !== undefined) return new RecordFile({ ...parts, file: special });
    const target = await findOutputTarget(path, workspaces);
    return new RecordFile({
      ...parts,
      target,
      file: target.exists ? undefined : createRecording(target),
    });
  } catch (error) {
    throw usageError(describeFailure(parts, error), "name another file");
  }
}

interface RecordFileParts {
  readonly path: string;
  readonly option: string;
  readonly redactor: LineRedactor | undefined;
  /** Where to create the file when there is something to write. */
  readonly target?: OutputTarget;
  readonly file: Deno.FsFile | undefined;
}

/** A file that keeps claude's stream. */
export class RecordFile {
  readonly #parts: RecordFileParts;
  #file: Deno.FsFile | undefined;

  constructor(parts: RecordFileParts) {
    this.#parts = parts;
    this.#file = parts.file;
  }

  /** Writes a chunk. @throws {CcrunError} `failed` if it cannot be written */
  async write(chunk: Uint8Array): Promise<void> {
    await this.#append(this.#parts.redactor?.push(chunk) ?? chunk);
  }

  /** Closes the file. @throws {CcrunError} `failed` if the last line cannot be written */
  async close(): Promise<void> {
    const { redactor } = this.#parts;
    try {
      if (redactor !== undefined) await this.#append(redactor.end());
    } finally {
      this.#file?.close();
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    const { target } = this.#parts;
    try {
      if (target !== undefined) this.#file ??= createRecording(target);
      if (this.#file !== undefined) await writeAll(this.#file, bytes);
    } catch (error) {
      throw new CcrunError("failed", describeFailure(this.#parts, error));
    }
  }
}

/** Creates a recording in the place of an old one. Other programs can read it while it grows. */
function createRecording({ path, exists }: OutputTarget): Deno.FsFile {
  try {
    using created = createNewFile(path);
    return created.publish();
  } catch (error) {
    // A mount point, as in a container, and a file in a read-only directory can be written but not replaced.
    if (!exists) throw error;
    const file = openInPlace(path, isMountPointError(error));
    file.truncateSync();
    return file;
  }
}

function describeFailure(
  { option, path }: Pick<RecordFileParts, "option" | "path">,
  error: unknown,
): string {
  return `cannot write ${option} ${path}: ${describeWriteError(error)}`;
}
