import { format as formatBytes } from "@std/fmt/bytes";
import { CcrunError } from "../../errors.ts";
import { DEFAULT_GRACE_MS } from "../../process/child.ts";
import { createRedactStream } from "../../redact/redact_stream.ts";
import { createRedactor } from "../../redact/redactor.ts";
import { ClaudeSession, isPendingSessionId } from "../../session.ts";
import { createPausableClock } from "../../util/clock.ts";
import { createDeadline } from "../../util/deadline.ts";
import { formatDuration } from "../../util/duration.ts";
import type { Env } from "../../util/env.ts";
import { describeWriteError } from "../../util/file_errors.ts";
import { openRecordFile } from "../../util/record_file.ts";
import type { CommandLine } from "../command_line.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { HostInfo } from "../host.ts";
import { createLogRedactor } from "../redaction.ts";
import { printMessage } from "../print.ts";
import { readPrompt } from "../prompt.ts";
import { createRunRenderer } from "../run_renderer.ts";
import { type RunSettings, runSettings } from "../run_settings.ts";
import type { SignalHandler } from "../signals.ts";

/**
 * `ccrun [run]`: runs a prompt.
 *
 * @returns the exit code
 * @throws {CcrunError} `usage` for what is wrong before claude starts
 */
export async function runCommand(
  commandLine: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const settings = await signals.raceWithStop(runSettings(commandLine, host));
  const { render, session: { timeoutMs, graceMs = DEFAULT_GRACE_MS } } = settings;
  const redactor = createLogRedactor(render, host.env);
  const warn = (text: string) => printMessage(redactor?.text(text) ?? text);
  const prompt = await withinTimeout(
    readPrompt({
      commandLine,
      cwd: host.cwd,
      stdin: Deno.stdin.readable,
      stdinIsTerminal: host.isTerminal.stdin,
      onWait: warn,
    }),
    { timeoutMs, signals, ...INCOMPLETE_PROMPT },
  );
  using forcedExit = new ForcedExitTimer({ signals, graceMs });
  const renderer = await createRunRenderer({
    settings: render,
    host,
    forkedFrom: forkedFrom(settings),
    onStdoutFailure: signals.stop,
  });
  if (render.progress && prompt.stdinBytes > 0) {
    renderer.message(`${formatBytes(prompt.stdinBytes)} read from stdin`);
  }
  using recording = await withinTimeout(
    openRecording(settings, host.env, warn),
    { timeoutMs, signals, ...BLOCKED_RECORDING },
  );
  const diagnostics = (text: string) => renderer.message(`debug: ${text}`);
  const session = new ClaudeSession({
    ...settings.session,
    ...(render.debug ? { diagnostics } : {}),
  });
  signals.setRun({
    stop: (reason) => void session.stop(undefined, reason),
    kill() {
      session.stop(0);
      forcedExit.endGracePeriod();
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
      await recording?.write(chunk);
      await renderer.bytes(chunk);
    },
  });
  return await renderer.render(events);
}

/** Returns the session that a fork branches off. Its id is not the id of the run. */
function forkedFrom({ run: { fork, sessionId } }: RunSettings): string | undefined {
  return fork && sessionId && !isPendingSessionId(sessionId) ? sessionId : undefined;
}

/** The file of `--record`. */
interface Recording extends Disposable {
  /** Writes a chunk that claude wrote. @throws {CcrunError} if it cannot be written */
  write(chunk: Uint8Array): Promise<void>;
}

async function openRecording(
  { record: path, redactRecord }: RunSettings,
  env: Env,
  warn: (text: string) => void,
): Promise<Recording | undefined> {
  if (path === undefined) return undefined;
  const redaction = redactRecord ? createRedactStream(createRedactor(env)) : undefined;
  const file = await openRecordFile(path, redaction);
  return {
    async write(chunk) {
      try {
        await file.write(chunk);
      } catch (error) {
        const reason = describeWriteError(error);
        throw new CcrunError("failed", `cannot write --record ${path}: ${reason}`);
      }
    },
    [Symbol.dispose]() {
      try {
        file.close();
      } catch (error) {
        const reason = describeWriteError(error);
        warn(`warning: the last line is missing in --record ${path}: ${reason}`);
      }
    },
  };
}

/** Limits what a run waits for before claude starts. */
interface WaitLimit {
  readonly timeoutMs: number | undefined;
  readonly signals: SignalHandler;
  /** Why the run has not started when the timeout is reached. */
  readonly state: string;
  readonly hint: string;
}

const INCOMPLETE_PROMPT = {
  state: "the prompt is not complete",
  hint: "end what writes to stdin, or raise --timeout",
};

const BLOCKED_RECORDING = {
  state: "an output file could not be opened",
  hint: "a named pipe needs a reader",
};

/** Waits for `work`, or until the command is stopped or `--timeout` is reached. */
async function withinTimeout<T>(work: Promise<T>, limit: WaitLimit): Promise<T> {
  const { timeoutMs, signals, state, hint } = limit;
  const deadline = timeoutMs === undefined ? undefined : createDeadline({
    ms: timeoutMs,
    clock: createPausableClock(),
    onReached() {
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
