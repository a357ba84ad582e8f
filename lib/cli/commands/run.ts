import { formatDuration } from "../../util/duration.ts";
import { describeWriteError } from "../../util/file_errors.ts";
import { CcrunError } from "../../errors.ts";
import type { RunEvent } from "../../events.ts";
import { openRecordFile, type RecordFile } from "../../util/record_file.ts";
import type { RedactLineStream } from "../../redact/redact_stream.ts";
import { STOP_GRACE_MS } from "../../process/child.ts";
import { createPausableClock } from "../../util/clock.ts";
import { createDeadline } from "../../util/deadline.ts";
import { type ReaderWatch, watchReader } from "../../process/reader_watch.ts";
import { ClaudeSession, isPendingSessionId } from "../../session.ts";
import { createForcedExitTimer } from "../forced_exit.ts";
import { begin } from "../begin.ts";
import type { HostInfo } from "../host.ts";
import { createRedactor } from "../../redact/redactor.ts";
import { logRedactor } from "../log_redactor.ts";
import type { CommandLine, OptionValue } from "../args.ts";
import { readPrompt } from "../prompt.ts";
import { runSettings } from "../validate.ts";
import type { Signals } from "../signals.ts";
import { stdoutFailure } from "../stdout_failure.ts";

/**
 * `ccrun [run]`: runs a prompt and gives the exit code.
 *
 * @throws {CcrunError} `usage` for what is wrong before claude starts
 */
export async function runCommand(
  line: CommandLine,
  options: ReadonlyMap<string, OptionValue>,
  edge: HostInfo,
  signals: Signals,
): Promise<number> {
  const settings = await signals.raceWithStop(runSettings(options, line.passthrough, edge));
  const { render: showSettings, record } = settings;
  const redactor = logRedactor(showSettings, edge.env);
  const say = (message: string) => console.error(`ccrun: ${redactor?.text(message) ?? message}`);
  const { graceMs = STOP_GRACE_MS, timeoutMs } = settings.session;
  const reading = readPrompt({
    positionals: line.positionals,
    options,
    hasRest: line.passthrough.length > 0,
    cwd: edge.cwd,
    stdin: Deno.stdin.readable,
    stdinIsTerminal: edge.isTerminal.stdin,
    tell: say,
  });
  const within = <T>(work: Promise<T>, what: string) => withinTime(work, what, timeoutMs, signals);
  const prompt = await within(reading, "the prompt had not come");
  let reader: ReaderWatch | undefined;
  // A run that writes only at its end, or waits for a tool, would learn too late of a reader that left.
  const watch = () => {
    if (edge.isTerminal.stdout || reader !== undefined) return;
    reader = watchReader({ env: edge.env });
    reader.gone.then(() => signals.stop({ failure: stdoutFailure(new Deno.errors.BrokenPipe()) }));
  };
  const { output, result, summary, debug } = showSettings;
  const writesFiles = [record, output, result, summary].some((path) => path !== undefined);
  // Before claude only where a file may be a pipe that takes long to open: it is 3 ms.
  if (writesFiles) watch();
  const openShow = async () => {
    const { createRunRenderer } = await import("../run_renderer.ts");
    const { sessionId, fork } = settings.run;
    const show = await createRunRenderer({
      settings: showSettings,
      host: edge,
      forkedFrom: fork && sessionId && !isPendingSessionId(sessionId) ? sessionId : undefined,
      onStdoutFailure: signals.stop,
    });
    if (showSettings.progress && prompt.stdinBytes > 0) {
      const { format } = await import("@std/fmt/bytes");
      show.message(`${format(prompt.stdinBytes)} read from stdin`);
    }
    return show;
  };
  const backstop = createForcedExitTimer(signals, graceMs);
  let file: RecordFile | undefined;
  try {
    // That a file cannot be written keeps claude from being started, and what is to be read for it may
    // be long in coming. Else it is loaded while claude starts.
    const { settings: given, mcpConfig, isolate } = settings.session;
    const isSlow = given !== undefined || mcpConfig !== undefined || isolate === true;
    const early = writesFiles || debug || isSlow ? await within(openShow(), NOT_OPEN) : undefined;
    if (record !== undefined) {
      const change = settings.redactRecord ? await redactedBytes(edge) : undefined;
      file = await within(openRecordFile(record, change), NOT_OPEN);
    }
    const session = new ClaudeSession({
      ...settings.session,
      ...(debug ? { diagnostics: (what) => early?.message(`debug: ${what}`) } : {}),
    });
    signals.setHandlers({
      stop: (cause) => void session.stop(undefined, cause),
      kill() {
        session.stop(0);
        backstop.hurry();
      },
      async pause() {
        backstop.pause();
        await session.pause();
      },
      async unpause() {
        await session.unpause();
        backstop.unpause();
      },
    });
    const started = Promise.withResolvers<unknown>();
    const events = begin(session.runBatches(prompt.text, {
      ...settings.run,
      signal: signals.abortSignal,
      onStop: backstop.stopped,
      onStarted() {
        started.resolve(undefined);
        watch();
      },
      async onOutput(chunk) {
        await file?.write(chunk).catch((error) => {
          throw new CcrunError(
            "failed",
            `cannot write --record ${record}: ${describeWriteError(error)}`,
          );
        });
        await (await showing).bytes(chunk);
      },
    }));
    const showing = early === undefined
      ? Promise.race([started.promise, events.begun]).then(openShow)
      : Promise.resolve(early);
    try {
      return await (await showing).render(flatten(events));
    } finally {
      await session.stop();
      await events.close();
    }
  } finally {
    await reader?.close();
    backstop.clear();
    try {
      file?.close();
    } catch (error) {
      say(`warning: the last line is missing in --record ${record}: ${describeWriteError(error)}`);
    }
  }
}

/** What takes the secrets out of a recording. */
async function redactedBytes({ env }: HostInfo): Promise<RedactLineStream> {
  const { createRedactStream } = await import("../../redact/redact_stream.ts");
  return createRedactStream(createRedactor(env));
}

/** A named pipe is open when somebody reads it. */
const NOT_OPEN = "a file to be written could not be opened";

/**
 * Waits for what a run needs as long as the run may take, too: who gives a limit does not want to
 * wait for ever.
 */
async function withinTime<T>(
  work: Promise<T>,
  what: string,
  timeoutMs: number | undefined,
  signals: Signals,
): Promise<T> {
  const deadline = timeoutMs === undefined ? undefined : createDeadline({
    ms: timeoutMs,
    clock: createPausableClock(),
    onReached: () => {
      const message = `timeout of ${formatDuration(timeoutMs)} reached: ${what}`;
      const hint = "what writes it, to stdin or a pipe, has to end first; or raise --timeout";
      signals.stop({ failure: { kind: "timeout", message, hint } });
    },
  });
  try {
    return await signals.raceWithStop(work);
  } finally {
    deadline?.clear();
  }
}

/** Yields the events of batches one by one. */
async function* flatten(batches: AsyncIterable<readonly RunEvent[]>): AsyncGenerator<RunEvent> {
  for await (const events of batches) yield* events;
}
