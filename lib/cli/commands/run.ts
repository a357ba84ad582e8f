import { format as formatBytes } from "@std/fmt/bytes";
import { isPendingSessionId } from "../../claude/session_id.ts";
import { CcrunError } from "../../errors.ts";
import { DEFAULT_GRACE_MS } from "../../process/child.ts";
import { createRedactStream } from "../../redact/redact_stream.ts";
import { createRedactor } from "../../redact/redactor.ts";
import { ClaudeSession } from "../../session.ts";
import { createPausableClock } from "../../util/clock.ts";
import { createDeadline } from "../../util/deadline.ts";
import { formatDuration } from "../../util/duration.ts";
import { describeWriteError } from "../../util/file_errors.ts";
import { openRecordFile, type RecordFile } from "../../util/record_file.ts";
import type { CommandLine, OptionValue } from "../args.ts";
import type { HostInfo } from "../host.ts";
import { logRedactor } from "../log_redactor.ts";
import { readPrompt } from "../prompt.ts";
import { createRunRenderer } from "../run_renderer.ts";
import { type RunSettings, runSettings } from "../settings.ts";
import { createForcedExitTimer, type SignalHandler } from "../signals.ts";

/**
 * `ccrun [run]`: runs a prompt.
 *
 * @returns the exit code
 * @throws {CcrunError} `usage` for what is wrong before claude starts
 */
export async function runCommand(
  line: CommandLine,
  options: ReadonlyMap<string, OptionValue>,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const settings = await signals.raceWithStop(runSettings(options, line.passthrough, host));
  const { timeoutMs, graceMs = DEFAULT_GRACE_MS } = settings.session;
  const redactor = logRedactor(settings.render, host.env);
  const warn = (text: string) => console.error(`ccrun: ${redactor?.text(text) ?? text}`);
  const prompt = await withinTimeout(
    readPrompt({
      positionals: line.positionals,
      options,
      hasPassthrough: line.passthrough.length > 0,
      cwd: host.cwd,
      stdin: Deno.stdin.readable,
      stdinIsTerminal: host.isTerminal.stdin,
      onWait: warn,
    }),
    INCOMPLETE_PROMPT,
    timeoutMs,
    signals,
  );
  const forcedExit = createForcedExitTimer(signals, graceMs);
  let record: RecordFile | undefined;
  try {
    const renderer = await withinTimeout(
      createRunRenderer({
        settings: settings.render,
        host,
        forkedFrom: forkedFrom(settings),
        onStdoutFailure: signals.stop,
      }),
      CANNOT_OPEN,
      timeoutMs,
      signals,
    );
    if (settings.render.progress && prompt.stdinBytes > 0) {
      renderer.message(`${formatBytes(prompt.stdinBytes)} read from stdin`);
    }
    record = await withinTimeout(openRecord(settings, host), CANNOT_OPEN, timeoutMs, signals);
    const session = new ClaudeSession({
      ...settings.session,
      ...(settings.render.debug
        ? { diagnostics: (text: string) => renderer.message(`debug: ${text}`) }
        : {}),
    });
    signals.setHandlers({
      stop: (reason) => void session.stop(undefined, reason),
      kill() {
        session.stop(0);
        forcedExit.expireNow();
      },
      async suspend() {
        forcedExit.pause();
        await session.suspend();
      },
      async resume() {
        await session.resume();
        forcedExit.resume();
      },
    });
    const events = session.run(prompt.text, {
      ...settings.run,
      signal: signals.abortSignal,
      onStop: forcedExit.arm,
      async onOutput(chunk) {
        await record?.write(chunk).catch((error) => {
          throw new CcrunError(
            "failed",
            `cannot write --record ${settings.record}: ${describeWriteError(error)}`,
          );
        });
        await renderer.bytes(chunk);
      },
    });
    return await renderer.render(events);
  } finally {
    forcedExit.clear();
    try {
      record?.close();
    } catch (error) {
      const reason = describeWriteError(error);
      warn(`warning: the last line is missing in --record ${settings.record}: ${reason}`);
    }
  }
}

/** What a run can wait for before claude starts. */
interface Wait {
  readonly state: string;
  readonly hint: string;
}

const INCOMPLETE_PROMPT: Wait = {
  state: "the prompt is not complete",
  hint: "end what writes to stdin, or raise --timeout",
};

const CANNOT_OPEN: Wait = {
  state: "an output file could not be opened",
  hint: "a named pipe needs a reader",
};

/** Returns the session that a fork branches off. Its id is not the id of the run. */
function forkedFrom({ run: { fork, sessionId } }: RunSettings): string | undefined {
  return fork && sessionId && !isPendingSessionId(sessionId) ? sessionId : undefined;
}

/** Opens the file of `--record`. */
async function openRecord(
  { record, redactRecord }: RunSettings,
  { env }: HostInfo,
): Promise<RecordFile | undefined> {
  if (record === undefined) return undefined;
  return await openRecordFile(
    record,
    redactRecord ? createRedactStream(createRedactor(env)) : undefined,
  );
}

/** Waits for what a run needs, but not longer than the run may take. */
async function withinTimeout<T>(
  work: Promise<T>,
  { state, hint }: Wait,
  timeoutMs: number | undefined,
  signals: SignalHandler,
): Promise<T> {
  const deadline = timeoutMs === undefined ? undefined : createDeadline({
    ms: timeoutMs,
    clock: createPausableClock(),
    onReached: () => {
      const message = `timeout of ${formatDuration(timeoutMs)} reached: ${state}`;
      signals.stop({ failure: { kind: "timeout", message, hint } });
    },
  });
  try {
    return await signals.raceWithStop(work);
  } finally {
    deadline?.clear();
  }
}
