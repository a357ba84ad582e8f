import { resolve } from "@std/path/resolve";
import { replay } from "../../run/replay.ts";
import { describeReadError } from "../../util/file_errors.ts";
import type { CommandLine } from "../command_line.ts";
import { checkDistinctFiles } from "../conflicts.ts";
import type { HostInfo } from "../host.ts";
import { createOutputRedactor } from "../redaction.ts";
import { createRunRenderer } from "../run_renderer.ts";
import { renderSettings } from "../render_settings.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { SignalHandler } from "../signals.ts";
import { usageError } from "../usage_error.ts";
import { describeWeakeningVariables } from "../weakening_variables.ts";

/**
 * How long a pipe may stay silent when the run in it is over, in milliseconds. Then the replay ends, so
 * that it does not wait for `tail -f`.
 */
const LINGER_MS = 5000;

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
  const { bytes, isFile } = await signals.raceWithStop(openRecording(positionals, host));
  const redactor = await createOutputRedactor(settings, commandLine, host);
  const onStdoutFailure = signals.stop;
  const renderer = await createRunRenderer({ settings, host, redactor, onStdoutFailure });
  const { answer, failOnDenied, format, progress } = settings;
  const weakening = describeWeakeningVariables(options);
  if (weakening !== undefined) renderer.printMessage(weakening);
  const events = replay(bytes, {
    answer,
    failOnDenied,
    // Other formats show partial text only as progress.
    partial: settings.partial && (format === "json" || progress),
    lingerMs: isFile ? undefined : LINGER_MS,
    onOutput: format === "raw" ? (chunk) => renderer.writeBytes(chunk) : undefined,
    signal: signals.abortSignal,
  });
  using _forcedExit = new ForcedExitTimer({ signals, graceMs: 0 });
  return await renderer.render(events);
}

interface Recording {
  readonly bytes: ReadableStream<Uint8Array>;
  /** Whether it is a regular file, which is always read to its end. */
  readonly isFile: boolean;
}

/** Opens the recording that the arguments name. */
async function openRecording(
  positionals: readonly string[],
  host: HostInfo,
): Promise<Recording> {
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
    return { bytes: Deno.stdin.readable, isFile: false };
  }
  try {
    const file = await Deno.open(resolve(host.cwd, path));
    const { isDirectory, isFile, isCharDevice } = await file.stat();
    if (!isDirectory && !isCharDevice) return { bytes: file.readable, isFile };
    file.close();
    // A device such as /dev/zero has no end.
    throw isDirectory ? new Deno.errors.IsADirectory(path) : new Error("it is a device");
  } catch (error) {
    throw usageError(
      `cannot read ${path}: ${describeReadError(error)}`,
      "name a recording, or - for stdin",
    );
  }
}
