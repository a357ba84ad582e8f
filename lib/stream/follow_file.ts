import { pollUntil } from "../util/poll_until.ts";
import type { GrowingFile } from "./growing_file.ts";

/** How long a file can be missing before it counts as removed, in milliseconds. */
const MISSING_LIMIT_MS = 5_000;

/**
 * Returns the content of a file that another program writes, while it grows. The stream ends when the writer
 * is done, or when the file has been missing for some seconds. Canceling the stream closes the file.
 *
 * @param file the file, which the stream closes in the end
 * @param isOver returns whether the writer is done. Everything that it wrote before is read
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
 * console.log(await toText(followFile(await GrowingFile.open(path), () => true))); // one
 * ```
 */
export function followFile(
  file: GrowingFile,
  isOver: () => boolean | Promise<boolean>,
): ReadableStream<Uint8Array> {
  const stop = new AbortController();
  const chunks = chunksOf(file, isOver, stop.signal);
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
  isOver: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  using _ = file;
  const isLost = () => file.missingMs > MISSING_LIMIT_MS;
  for await (const _ of pollUntil(() => isLost() || isOver(), signal)) yield* file.read();
}
