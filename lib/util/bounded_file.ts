import { concat } from "@std/bytes/concat";
import { format as formatBytes } from "@std/fmt/bytes";
import { decodeText } from "./decode_text.ts";

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
  // Opening a pipe would wait for a writer.
  if (!(await Deno.stat(path)).isFile) throw new Error("it is not a regular file");
  using file = await Deno.open(path);
  if (!(await file.stat()).isFile) throw new Error("it is not a regular file");
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Sizes are not compared first, because files in /proc have none, and others may grow.
  for await (const chunk of file.readable) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw new Error(`it is larger than ${formatBytes(maxBytes)}`);
  }
  return decodeText(concat(chunks));
}
