import { resolve } from "@std/path";
import type { RunEvent } from "../../events.ts";
import { replayBatches } from "../../run/replay.ts";
import { createForcedExitTimer } from "../forced_exit.ts";
import type { HostInfo } from "../host.ts";
import { type CommandLine, type OptionValue, usageError } from "../args.ts";
import { describeReadError } from "../../util/file_errors.ts";
import { checkFiles, renderSettings } from "../validate.ts";
import { createRunRenderer, type RunRenderer } from "../run_renderer.ts";
import type { Signals } from "../signals.ts";

/** Twice what Deno reads of a file at once: it makes a raw replay a tenth faster. */
const CHUNK_BYTES = 128 * 1024;

/** A file's bytes in large chunks. */
function largeChunks(file: Deno.FsFile): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = await file.read(chunk).catch((error) => {
        file.close();
        throw error;
      });
      if (length !== null) return controller.enqueue(chunk.subarray(0, length));
      file.close();
      controller.close();
    },
    cancel() {
      file.close();
    },
  });
}

async function openRecording(
  positionals: readonly string[],
  edge: HostInfo,
): Promise<ReadableStream<Uint8Array>> {
  const [path = "-", ...more] = positionals;
  if (more.length > 0) {
    throw usageError(
      `ccrun replay takes one file, not ${positionals.length}`,
      "see: ccrun help replay",
    );
  }
  if (path === "-") {
    if (positionals.length === 0 && edge.isTerminal.stdin) {
      throw usageError("there is no recording", "name a file, or pipe one in");
    }
    return Deno.stdin.readable;
  }
  const full = resolve(edge.cwd, path);
  try {
    const file = await Deno.open(full);
    if ((await file.stat()).isDirectory) throw new Deno.errors.IsADirectory(path);
    return largeChunks(file);
  } catch (error) {
    throw usageError(
      `cannot read ${path}: ${describeReadError(error)}`,
      "name a recording, or - for stdin",
    );
  }
}

/**
 * `ccrun replay`: renders a recorded stream and gives the exit code of its outcome.
 *
 * @throws {CcrunError} `usage` when the recording cannot be read
 */
export async function replayCommand(
  line: CommandLine,
  options: ReadonlyMap<string, OptionValue>,
  edge: HostInfo,
  signals: Signals,
): Promise<number> {
  const settings = renderSettings(options, edge);
  const [path] = line.positionals;
  await checkFiles(options, edge, path === "-" ? undefined : path);
  const opening = openRecording(line.positionals, edge);
  const recording = await signals.raceWithStop(opening);
  const show = await signals.raceWithStop(
    createRunRenderer({ settings, host: edge, onStdoutFailure: signals.stop }),
  );
  const { failOnDenied, format, progress } = settings;
  // Else nobody shows it, and most of such a recording need not even be parsed.
  const partial = settings.partial && (format === "json" || progress);
  const bytes = format === "raw" ? tap(recording, show) : recording;
  const events = replayBatches(bytes, { failOnDenied, partial, signal: signals.abortSignal });
  const backstop = createForcedExitTimer(signals, 0);
  try {
    return await show.render(flatten(events));
  } finally {
    backstop.clear();
  }
}

/** Gives each chunk to the raw output on its way. */
function tap(bytes: ReadableStream<Uint8Array>, show: RunRenderer): ReadableStream<Uint8Array> {
  return bytes.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        await show.bytes(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
}

/** Yields the events of batches one by one. */
async function* flatten(batches: AsyncIterable<readonly RunEvent[]>): AsyncGenerator<RunEvent> {
  for await (const events of batches) yield* events;
}
