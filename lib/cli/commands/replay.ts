import { resolve } from "@std/path/resolve";
import { replay } from "../../run/replay.ts";
import { tap } from "../../stream/tap.ts";
import { describeReadError } from "../../util/file_errors.ts";
import type { CommandLine } from "../command_line.ts";
import { checkDistinctFiles } from "../conflicts.ts";
import type { HostInfo } from "../host.ts";
import { createRunRenderer } from "../run_renderer.ts";
import { renderSettings } from "../render_settings.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { SignalHandler } from "../signals.ts";
import { usageError } from "../usage_error.ts";

/**
 * Runs `ccrun replay`, which renders a recording.
 *
 * @returns the exit code of the recorded run
 * @throws {CcrunError} `usage` if the recording cannot be read
 */
export async function replayCommand(
  commandLine: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const { options, positionals } = commandLine;
  const settings = renderSettings(options, host);
  await checkDistinctFiles(commandLine, host);
  const recording = await signals.raceWithStop(openRecording(positionals, host));
  const renderer = await createRunRenderer({ settings, host, onStdoutFailure: signals.stop });
  const { answer, failOnDenied, format, progress } = settings;
  const events = replay(
    format === "raw"
      ? recording.pipeThrough(tap((chunk) => renderer.writeBytes(chunk)))
      : recording,
    {
      answer,
      failOnDenied,
      // Other formats show partial text only as progress.
      partial: settings.partial && (format === "json" || progress),
      signal: signals.abortSignal,
    },
  );
  using _forcedExit = new ForcedExitTimer({ signals, graceMs: 0 });
  return await renderer.render(events);
}

/** Opens the recording that the arguments name. */
async function openRecording(
  positionals: readonly string[],
  host: HostInfo,
): Promise<ReadableStream<Uint8Array>> {
  const [path = "-", ...more] = positionals;
  if (more.length > 0) {
    throw usageError(
      `ccrun replay takes one file, not ${positionals.length}`,
      "see: ccrun help replay",
    );
  }
  if (path === "-") {
    if (positionals.length === 0 && host.isTerminal.stdin) {
      throw usageError("no recording given", "name a file, or pipe one in");
    }
    return Deno.stdin.readable;
  }
  try {
    const file = await Deno.open(resolve(host.cwd, path));
    if ((await file.stat()).isDirectory) {
      file.close();
      throw new Deno.errors.IsADirectory(path);
    }
    return file.readable;
  } catch (error) {
    throw usageError(
      `cannot read ${path}: ${describeReadError(error)}`,
      "name a recording, or - for stdin",
    );
  }
}
