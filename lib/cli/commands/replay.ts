import type { RunEvent } from "../../events.ts";
import { replay, type ReplayOptions, replaySession } from "../../run/replay.ts";
import { SessionEnd } from "../../run/session_end.ts";
import { followFile } from "../../stream/follow_file.ts";
import { type FileChange, GrowingFile } from "../../stream/growing_file.ts";
import { createEventAge } from "../../util/event_age.ts";
import { describeReadError } from "../../util/file_errors.ts";
import { WriterWatch } from "../../util/writer_watch.ts";
import { type CommandLine, getSwitch } from "../command_line.ts";
import { checkDistinctFiles } from "../conflicts.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { HostInfo } from "../host.ts";
import { loadPage } from "../load_page.ts";
import { createOutputRedactor } from "../redaction.ts";
import { type RenderSettings, renderSettings } from "../render_settings.ts";
import { findReplaySource, type ReplaySource } from "../replay_source.ts";
import { createRunRenderer } from "../run_renderer.ts";
import type { SignalHandler } from "../signals.ts";
import { usageError } from "../usage_error.ts";
import { describeWeakeningVariables } from "../weakening_variables.ts";

/**
 * How long a recording may stay silent when the run in it is over, in milliseconds. Then the replay ends,
 * so that it does not wait for `tail -f`.
 */
const LINGER_MS = 5000;

/** The same with `--follow`, if no program is seen that writes the recording. */
const FOLLOW_LINGER_MS = 2000;

/**
 * Runs `ccrun replay`, which renders a recording or a stored session.
 *
 * @returns the exit code of the recorded run
 * @throws {CcrunError} `usage` if there is nothing to replay, or it cannot be read
 */
export async function replayCommand(
  commandLine: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const { options, positionals } = commandLine;
  const settings = renderSettings(options, host);
  rejectPageOnTerminal(settings, host);
  await checkDistinctFiles(commandLine, host);
  const source = await signals.raceWithStop(findReplaySource(positionals, options, host));
  const follow = getSwitch(options, "follow") ?? false;
  const redactor = await createOutputRedactor(settings, commandLine, host);
  const onStdoutFailure = signals.stop;
  const createPage = await loadPage(settings, host);
  const renderer = await createRunRenderer({
    settings,
    host,
    redactor,
    onStdoutFailure,
    createPage,
    ageOf: follow ? createEventAge() : undefined,
  });
  const { answer, failOnDenied, format, progress } = settings;
  const weakening = describeWeakeningVariables(options);
  if (weakening !== undefined) renderer.printMessage(weakening);
  const opening = openReplay(source, {
    answer,
    failOnDenied,
    // Other formats show partial text only as progress.
    partial: settings.partial && (format === "json" || progress),
    onOutput: format === "raw" ? (chunk) => renderer.writeBytes(chunk) : undefined,
    signal: signals.abortSignal,
    follow,
    onChange: (change) => renderer.printMessage(CHANGES[change]),
  });
  // Opening a pipe waits for its writer.
  const events = await signals.raceWithStop(opening);
  using _forcedExit = new ForcedExitTimer({ signals, graceMs: 0 });
  return await renderer.render(events);
}

const CHANGES: { readonly [C in FileChange]: string } = {
  truncated: "the file was truncated, and is read from its start again",
  replaced: "the file was replaced, and the new one is read",
  vanished: "the file was removed; waiting a few seconds for a new one",
};

function rejectPageOnTerminal({ format, files }: RenderSettings, { isTerminal }: HostInfo): void {
  if (format !== "html" || files.output !== undefined || !isTerminal.stdout) return;
  throw usageError(
    "--format html writes a page, which a terminal cannot show",
    "add --output page.html, or > page.html",
  );
}

interface OpenReplayOptions extends ReplayOptions {
  readonly follow: boolean;
  readonly onChange: (change: FileChange) => void;
}

/** Returns the events of a source. @throws {CcrunError} `usage` if it cannot be read */
async function openReplay(
  source: ReplaySource,
  options: OpenReplayOptions,
): Promise<AsyncIterable<RunEvent>> {
  const { follow, onOutput } = options;
  if (follow && (source.kind === "stdin" || source.kind === "pipe")) {
    throw usageError(
      "--follow needs a regular file or a session, not a pipe",
      "remove it: a pipe is read until the run in it is over",
    );
  }
  if (source.kind === "stdin") {
    return replay(Deno.stdin.readable, { ...options, lingerMs: LINGER_MS });
  }
  // The format raw shows a transcript as it is.
  if (source.kind === "session" && onOutput === undefined) {
    return replaySession(source.path, options);
  }
  try {
    if (follow && source.kind === "session") return await followTranscript(source.path, options);
    if (follow) return await followRecording(source.path, options);
    const { readable } = await Deno.open(source.path);
    return replay(readable, source.kind === "pipe" ? { ...options, lingerMs: LINGER_MS } : options);
  } catch (error) {
    throw usageError(
      `cannot read ${source.path}: ${describeReadError(error)}`,
      "name another recording or session",
    );
  }
}

/** Returns the events of a transcript that may grow, for the format raw. @throws if it cannot be read */
async function followTranscript(
  path: string,
  options: OpenReplayOptions,
): Promise<AsyncIterable<RunEvent>> {
  const file = await GrowingFile.open(path, options);
  // Claude Code does not keep a transcript open, so no writer can be seen.
  const end = new SessionEnd(path);
  return replay(followFile(file, { isOver: () => end.isReached(false) }), {
    ...options,
    onOutput: (chunk) => {
      end.recordGrowth();
      return options.onOutput?.(chunk);
    },
  });
}

/** Returns the events of a recording that may grow. @throws if it cannot be read */
async function followRecording(
  path: string,
  options: OpenReplayOptions,
): Promise<AsyncIterable<RunEvent>> {
  const file = await GrowingFile.open(path, options);
  const writer = new WriterWatch(path);
  const isOver = () => writer.isClosed();
  await isOver();
  // A run that has its recording open may wait before it continues.
  const lingerMs = writer.hasSeenWriter ? undefined : FOLLOW_LINGER_MS;
  return replay(followFile(file, { isOver }), { ...options, lingerMs });
}
