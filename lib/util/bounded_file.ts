import { concat } from "@std/bytes/concat";
import { format as formatBytes } from "@std/fmt/bytes";
import { decodeText } from "./decode_text.ts";

/** The largest text that an option or stdin can pass. Claude Code cannot use more by far. */
export const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/**
 * Opens a file that another program or user may have created.
 *
 * @throws if the file cannot be read, or is not a regular file
 */
export async function openRegularFile(path: string): Promise<Deno.FsFile> {
  // Opening a pipe would wait for a writer.
  if (!(await Deno.stat(path)).isFile) throw notRegular();
  const file = await Deno.open(path);
  if ((await file.stat()).isFile) return file;
  file.close();
  throw notRegular();
}

/**
 * Reads a file that another program or user may have created. A pipe, a device and a file without an end
 * are not read.
 *
 * @param maxBytes the size of the largest file that is read
 * @throws if the file cannot be read, is not a regular file, or is too large
 */
export async function readBoundedFile(path: string, maxBytes: number): Promise<Uint8Array> {
  using file = await openRegularFile(path);
  return await readBytes(file, maxBytes);
}

/**
 * Reads a text file that another program or user may have created. A pipe, a device and a file without an
 * end are not read.
 *
 * @param maxBytes the size of the largest file that is read
 * @throws if the file cannot be read, is not a regular file, or is too large
 *
 * @example
 * ```ts
 * import { readBoundedTextFile } from "./bounded_file.ts";
 *
 * const error = await readBoundedTextFile("/dev/zero", 1024).catch((error) => error.message);
 * console.log(error); // it is not a regular file
 * ```
 */
export async function readBoundedTextFile(path: string, maxBytes: number): Promise<string> {
  using file = await openRegularFile(path);
  return decodeText(await readBytes(file, maxBytes));
}

/**
 * Reads a text that the caller passes in a file or a pipe, such as `<(make-settings)`.
 *
 * @param maxBytes the size of the largest text that is read
 * @throws if the text cannot be read, or is too large
 */
export async function readInputFile(
  path: string,
  maxBytes: number = MAX_INPUT_BYTES,
): Promise<string> {
  using file = await Deno.open(path);
  return decodeText(await readBytes(file, maxBytes));
}

async function readBytes(file: Deno.FsFile, maxBytes: number): Promise<Uint8Array> {
  if ((await file.stat()).size > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  // A device, a pipe and a file in /proc have no size, and a file may grow.
  for await (const chunk of file.readable) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
  }
  return concat(chunks);
}

function tooLarge(maxBytes: number): Error {
  return new Error(`it is larger than ${formatBytes(maxBytes)}`);
}

function notRegular(): Error {
  return new Error("it is not a regular file");
}
