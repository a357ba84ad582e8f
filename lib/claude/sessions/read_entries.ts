import { openRegularFile } from "../../util/bounded_file.ts";
import { type JsonObject, parseJsonObject } from "../../util/json.ts";

/** A larger file is no session. It can be a sparse one, which takes no space but long to read. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** The longest line that is read. Several files are read at a time. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** How much is read at once. Most sessions are smaller. */
const CHUNK_BYTES = 64 * 1024;

/** The type of a line is near its start or its end. Searching only there is faster than parsing it. */
const EDGE_BYTES = 8 * 1024;

const NEWLINE = 0x0a;

/** Options for {@linkcode readEntries}. */
export interface ReadEntriesOptions {
  /** Matches the lines that are parsed. Of long ones, the start and the end are searched. */
  readonly pattern: RegExp;
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the entries of a transcript whose lines match a pattern. Lines that are not complete JSON are
 * skipped, as are too long ones.
 *
 * @throws if the file cannot be read, is not a regular file, or is too large
 */
export async function* readEntries(
  path: string,
  { pattern, signal }: ReadEntriesOptions,
): AsyncGenerator<JsonObject> {
  using file = await openRegularFile(path);
  if ((await file.stat()).size > MAX_FILE_BYTES) throw new Error("it is too large");
  const decoder = new TextDecoder();
  const matches = (bytes: Uint8Array) => pattern.test(decoder.decode(bytes));
  for await (const lines of readLines(file)) {
    signal?.throwIfAborted();
    for (const line of lines) {
      const isRelevant = matches(line.subarray(0, EDGE_BYTES)) ||
        line.length > EDGE_BYTES && matches(line.subarray(-EDGE_BYTES));
      const entry = isRelevant ? parseJsonObject(decoder.decode(line)) : undefined;
      if (entry !== undefined) yield entry;
    }
  }
}

/** Reads the lines of a file, many at a time. The next ones overwrite them. */
async function* readLines(file: Deno.FsFile): AsyncGenerator<Uint8Array[]> {
  let buffer = new Uint8Array(CHUNK_BYTES);
  /** The length of the unfinished line at the start of the buffer. */
  let restLength = 0;
  let isTooLong = false;
  while (true) {
    const size = await file.read(buffer.subarray(restLength));
    const chunk = buffer.subarray(0, restLength + (size ?? 0));
    if (size === null) {
      if (!isTooLong) yield [chunk];
      return;
    }
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE, restLength); end !== -1;) {
      if (!isTooLong) lines.push(chunk.subarray(start, end));
      isTooLong = false;
      start = end + 1;
      end = chunk.indexOf(NEWLINE, start);
    }
    yield lines;
    restLength = chunk.length - start;
    if (restLength === MAX_LINE_BYTES) isTooLong = true;
    if (isTooLong) restLength = 0;
    else if (restLength === buffer.length) buffer = grown(buffer);
    else buffer.copyWithin(0, start, chunk.length);
  }
}

function grown(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(buffer.length * 2, MAX_LINE_BYTES));
  larger.set(buffer);
  return larger;
}
