import { describeWriteError } from "./file_errors.ts";
import { CcrunError } from "../errors.ts";

/** A file that keeps claude's stream as it came. */
export interface RecordFile {
  /** Writes all bytes of a chunk. Rejects when they cannot be written. */
  write(chunk: Uint8Array): Promise<void>;
  /** Closes the file. Throws when what was held back cannot be written. */
  close(): void;
}

/** Changes bytes on their way into a file. */
export interface ByteChange {
  /** Takes a chunk and gives what is certain by now. */
  push(chunk: Uint8Array): Uint8Array;
  /** Gives what was held back. */
  end(): Uint8Array;
}

/**
 * Opens the file of `--record`. What is in it may be secret, so nobody else can
 * read it from before its first byte.
 *
 * @param change what is done to the bytes; by default they are kept as they came
 * @throws {CcrunError} `usage` when it cannot be written
 */
export async function openRecordFile(path: string, change?: ByteChange): Promise<RecordFile> {
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
      `cannot write --record ${path}: ${describeWriteError(error)}`,
      "name another file",
    );
  }
  // An earlier recording goes only when there is something to put in its place.
  let isOld = isRegular;
  return {
    async write(chunk) {
      const bytes = change?.push(chunk) ?? chunk;
      if (bytes.length === 0) return;
      if (isOld) await file.truncate();
      isOld = false;
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    },
    close() {
      const rest = change?.end() ?? new Uint8Array();
      try {
        if (isOld && rest.length > 0) file.truncateSync();
        for (let at = 0; at < rest.length;) at += file.writeSync(rest.subarray(at));
      } finally {
        file.close();
      }
    },
  };
}
