import { resolve } from "node:path";
import type { RunEvent } from "../events.ts";
import { whyNot } from "../output/record_file.ts";
import { replay } from "../replay.ts";
import type { Edge } from "./edge.ts";
import { type CommandLine, type Given, usageError } from "./parse.ts";
import { showSettings } from "./settings.ts";
import { makeShow } from "./show.ts";

/** Events that are there only where text is wanted as it is generated. */
const PARTIAL_TYPES: ReadonlySet<string> = new Set(["text_delta", "thinking_delta", "usage"]);

async function openRecording(
  positionals: readonly string[],
  edge: Edge,
): Promise<ReadableStream<Uint8Array>> {
  const [path = "-", ...more] = positionals;
  if (more.length > 0) {
    throw usageError(`replay takes one file, not ${positionals.length}`, "see: ccrun help replay");
  }
  if (path === "-") {
    if (positionals.length === 0 && edge.isTerminal.stdin) {
      throw usageError("there is no recording", "name a file, or pipe one in");
    }
    return Deno.stdin.readable;
  }
  try {
    const file = await Deno.open(resolve(edge.cwd, path));
    if ((await file.stat()).isDirectory) throw new Deno.errors.IsADirectory(path);
    return file.readable;
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "it does not exist" : whyNot(error);
    throw usageError(`cannot read ${path}: ${why}`, "name a recording, or - for stdin");
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
): Promise<number> {
  const settings = showSettings(options, edge);
  const recording = await openRecording(line.positionals, edge);
  const gone = new AbortController();
  const show = await makeShow({ settings, edge, onStdoutFailure: (cause) => gone.abort(cause) });
  const bytes = settings.format !== "raw" ? recording : recording.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        await show.bytes(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  async function* wanted(): AsyncGenerator<RunEvent> {
    for await (const event of replay(bytes, { failOnDenied: settings.failOnDenied })) {
      if (gone.signal.aborted) return;
      if (settings.partial || !PARTIAL_TYPES.has(event.type)) yield event;
    }
  }
  return await show.events(wanted());
}
