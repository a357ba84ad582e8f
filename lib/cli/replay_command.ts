import { resolve } from "node:path";
import type { RunEvent } from "../events.ts";
import { replay } from "../replay.ts";
import { makeBackstop } from "./backstop.ts";
import type { Edge } from "./edge.ts";
import { type CommandLine, type Given, usageError } from "./parse.ts";
import { readFailure } from "../file_error.ts";
import { checkFiles, showSettings } from "./settings.ts";
import { makeShow, type Show } from "./show.ts";
import type { Signals } from "./signals.ts";

/** Events that are there only where text is wanted as it is generated. */
const PARTIAL_TYPES: ReadonlySet<string> = new Set(["text_delta", "thinking_delta", "usage"]);

async function openRecording(
  positionals: readonly string[],
  edge: Edge,
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
    return file.readable;
  } catch (error) {
    throw usageError(
      `cannot read ${path}: ${readFailure(error)}`,
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
  options: ReadonlyMap<string, Given>,
  edge: Edge,
  signals: Signals,
): Promise<number> {
  const settings = showSettings(options, edge);
  const [path] = line.positionals;
  await checkFiles(options, edge, path === "-" ? undefined : path);
  const opening = openRecording(line.positionals, edge);
  const recording = await signals.unlessStopped(opening);
  const show = await signals.unlessStopped(
    makeShow({ settings, edge, onStdoutFailure: signals.stop }),
  );
  const { partial, failOnDenied, format } = settings;
  const bytes = format === "raw" ? tap(recording, show) : recording;
  const events = replay(bytes, { failOnDenied, signal: signals.first });
  const backstop = makeBackstop(signals, 0);
  try {
    return await show.events(partial ? events : withoutPartial(events));
  } finally {
    backstop.clear();
  }
}

/** Gives each chunk to the raw output on its way. */
function tap(bytes: ReadableStream<Uint8Array>, show: Show): ReadableStream<Uint8Array> {
  return bytes.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        await show.bytes(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
}

async function* withoutPartial(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
  let seq = 0;
  for await (const event of events) {
    if (PARTIAL_TYPES.has(event.type)) continue;
    event.seq = seq++;
    yield event;
  }
}
