import { pollUntil } from "../util/poll_until.ts";
import { type GrowingFile, MISSING_LIMIT_MS } from "./growing_file.ts";

/** Options for {@linkcode followFile}. */
export interface FollowFileOptions {
  /** Returns whether the writer is done. What it wrote before is read, and then the stream ends. */
  readonly isOver: () => boolean | Promise<boolean>;
  /** How long the file can be missing before the stream ends, in milliseconds. @default {5_000} */
  readonly missingLimitMs?: number;
}

/**
 * Returns the content of a file that another program writes, while it grows. The stream ends when the writer
 * is done, or when the file has been missing for some seconds. Canceling the stream ends it at once.
 *
 * @param file the file, which is closed when the stream ends
 *
 * @example
 * ```ts
 * import { followFile } from "./follow_file.ts";
 * import { GrowingFile } from "./growing_file.ts";
 * import { createTempDirectory } from "../util/temp_directory.ts";
 * import { toText } from "@std/streams/to-text";
 *
 * using directory = createTempDirectory();
 * const path = `${directory.path}/log`;
 * Deno.writeTextFileSync(path, "one\n");
 * const file = await GrowingFile.open(path);
 * console.log(await toText(followFile(file, { isOver: () => true }))); // one
 * ```
 */
export function followFile(
  file: GrowingFile,
  options: FollowFileOptions,
): ReadableStream<Uint8Array> {
  const stop = new AbortController();
  const chunks = chunksOf(file, options, stop.signal);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      stop.abort();
      await chunks.return();
    },
  });
}

async function* chunksOf(
  file: GrowingFile,
  { isOver, missingLimitMs = MISSING_LIMIT_MS }: FollowFileOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  using _ = file;
  const isLost = () => file.missingMs > missingLimitMs;
  for await (const _ of pollUntil(() => isLost() || isOver(), signal)) yield* file.read();
}
