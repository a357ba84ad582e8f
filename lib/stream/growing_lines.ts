import { concat } from "@std/bytes/concat";
import { MAX_LINE_BYTES, TRUNCATION_MARK } from "../util/lines.ts";
import type { GrowingFile } from "./growing_file.ts";

const NEWLINE = 0x0a;

/**
 * The lines of a file that another program writes. They end with `\n` or `\r\n`. A line longer than 64 MiB is
 * truncated, and then ends with {@linkcode TRUNCATION_MARK}.
 *
 * @example
 * ```ts
 * import { GrowingFile } from "./growing_file.ts";
 * import { GrowingLines } from "./growing_lines.ts";
 * import { createTempDirectory } from "../util/temp_directory.ts";
 *
 * using directory = createTempDirectory();
 * const path = `${directory.path}/log`;
 * Deno.writeTextFileSync(path, "one\ntw");
 * using lines = new GrowingLines(await GrowingFile.open(path));
 * console.log(await Array.fromAsync(lines.read())); // ["one"]
 * Deno.writeTextFileSync(path, "o\nthr", { append: true });
 * console.log(await Array.fromAsync(lines.read())); // ["two"]
 * console.log(lines.end()); // thr
 * ```
 */
export class GrowingLines implements Disposable {
  #file: GrowingFile;
  #maxBytes: number;
  /** The parts of the unfinished line that are kept. */
  #parts: Uint8Array[] = [];
  #lineBytes = 0;

  /**
   * @param file the file, which is closed together with this
   * @param maxBytes how many bytes of a line are kept
   */
  constructor(file: GrowingFile, maxBytes: number = MAX_LINE_BYTES) {
    this.#file = file;
    this.#maxBytes = maxBytes;
  }

  /** How long the file has been missing, in milliseconds; 0 if it was there when it was last read. */
  get missingMs(): number {
    return this.#file.missingMs;
  }

  /**
   * Yields the lines that were completed since the last call.
   *
   * @throws if the file cannot be read
   */
  async *read(): AsyncGenerator<string, void, void> {
    for await (const chunk of this.#file.read()) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        this.#add(chunk.subarray(start, end));
        yield this.#take();
        start = end + 1;
      }
      this.#add(chunk.slice(start));
    }
  }

  /** Returns the unfinished last line, when nothing more is written. */
  end(): string | undefined {
    return this.#lineBytes === 0 ? undefined : this.#take();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #add(part: Uint8Array): void {
    const room = Math.max(0, this.#maxBytes - this.#lineBytes);
    this.#lineBytes += part.length;
    if (room > 0 && part.length > 0) this.#parts.push(part.subarray(0, room));
  }

  #take(): string {
    const text = new TextDecoder().decode(concat(this.#parts));
    const isTruncated = this.#lineBytes > this.#maxBytes;
    this.#parts = [];
    this.#lineBytes = 0;
    return isTruncated ? text + TRUNCATION_MARK : text.replace(/\r$/, "");
  }
}
