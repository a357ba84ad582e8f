import { writeFailure } from "../file_error.ts";
import { CcrunError } from "../outcome.ts";

/** A file that keeps claude's stream as it came. */
export interface RecordFile {
  /** Writes all bytes of a chunk. Rejects when they cannot be written. */
  write(chunk: Uint8Array): Promise<void>;
  /** Closes the file. */
  close(): void;
}

/**
 * Opens the file of `--record`. What is in it may be secret, so nobody else can
 * read it from before its first byte.
 *
 * @throws {CcrunError} `usage` when it cannot be written
 */
export async function openRecordFile(path: string): Promise<RecordFile> {
  let file: Deno.FsFile;
  let isRegular: boolean;
  try {
    file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
    const info = await file.stat();
    if (info.isFile) {
      // It may have existed, with content and for everybody.
      if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    }
    isRegular = info.isFile;
  } catch (error) {
    throw new CcrunError(
      "usage",
      `cannot write --record ${path}: ${writeFailure(error)}`,
      "name another file",
    );
  }
  // An earlier recording goes only when there is something to put in its place.
  let isOld = isRegular;
  return {
    async write(chunk) {
      if (isOld) await file.truncate();
      isOld = false;
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
    },
    close: () => file.close(),
  };
}
