import { isPendingSessionId } from "../../claude/session_id.ts";
import { asFailure } from "../../errors.ts";
import { DEFAULT_GRACE_MS } from "../../process/child.ts";
import { LineRedactor } from "../../redact/line_redactor.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { ClaudeSession } from "../../session.ts";
import { createDeadline } from "../../util/deadline.ts";
import { formatDuration } from "../../util/duration.ts";
import type { CommandLine } from "../command_line.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { HostInfo } from "../host.ts";
import { createOutputRedactor, logRedactor } from "../redaction.ts";
import { printMessage } from "../print.ts";
import { readPrompt } from "../prompt.ts";
import { openRecordFile, type RecordFile } from "../record_file.ts";
import { createRunRenderer } from "../run_renderer.ts";
import { type RunSettings, runSettings } from "../run_settings.ts";
import type { RunControl, SignalHandler } from "../signals.ts";
import { describeWeakeningVariables } from "../weakening_variables.ts";

/**
 * Runs `ccrun [run]`, which sends a prompt to claude.
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
  const redactor = await createOutputRedactor(render, commandLine, host);
  const warn = (text: string) => printMessage(logRedactor(render, redactor)?.text(text) ?? text);
  const prompt = await withinTimeout(
    readPrompt({ commandLine, host, stdin: Deno.stdin.readable, notify: warn }),
    { timeoutMs, signals, ...INCOMPLETE_PROMPT },
  );
  using forcedExit = new ForcedExitTimer({ signals, graceMs });
  const renderer = await createRunRenderer({
    settings: render,
    host,
    redactor,
    forkedFrom: forkedFrom(settings),
    onStdoutFailure: signals.stop,
  });
  const weakening = describeWeakeningVariables(commandLine.options);
  if (weakening !== undefined) renderer.printMessage(weakening);
  const recording = await withinTimeout(
    openRecording(settings, redactor),
    { timeoutMs, signals, ...BLOCKED_RECORDING },
  );
  const diagnostics = (text: string) => renderer.printMessage(`debug: ${text}`);
  const session = new ClaudeSession({
    ...settings.session,
    ...(render.debug ? { diagnostics } : {}),
  });
  signals.setRun(createRunControl(session, forcedExit));
  const events = session.run(prompt, {
    ...settings.run,
    signal: signals.abortSignal,
    onStop: forcedExit.arm,
    async onOutput(chunk) {
      await recording?.write(chunk);
      await renderer.writeBytes(chunk);
    },
  });
  try {
    return await renderer.render(events);
  } finally {
    await recording?.close().catch((error) => warn(`warning: ${asFailure(error).message}`));
  }
}

/** Returns what signals do to the run of a session. */
function createRunControl(session: ClaudeSession, forcedExit: ForcedExitTimer): RunControl {
  return {
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
  };
}

/** Returns the session that a fork branches off. Its id is not the id of the run. */
function forkedFrom({ run: { fork, sessionId } }: RunSettings): string | undefined {
  return fork && sessionId && !isPendingSessionId(sessionId) ? sessionId : undefined;
}

async function openRecording(
  { record, redactRecord, render: { workspaces } }: RunSettings,
  redactor: Redactor | undefined,
): Promise<RecordFile | undefined> {
  if (record === undefined) return undefined;
  return await openRecordFile(record, {
    workspaces,
    redactor: redactRecord && redactor ? new LineRedactor(redactor) : undefined,
  });
}

/** Limits what a run waits for before claude starts. */
interface WaitLimit {
  readonly timeoutMs: number | undefined;
  readonly signals: SignalHandler;
  /** Why the run has not started when the timeout is reached. */
  readonly reason: string;
  readonly hint: string;
}

const INCOMPLETE_PROMPT = {
  reason: "the prompt is not complete",
  hint: "stop the program that writes to stdin, or raise --timeout",
};

const BLOCKED_RECORDING = {
  reason: "an output file could not be opened",
  hint: "a named pipe needs a reader",
};

/** Waits for `work`, or until the command is stopped or `--timeout` is reached. */
async function withinTimeout<T>(work: Promise<T>, limit: WaitLimit): Promise<T> {
  const { timeoutMs, signals, reason, hint } = limit;
  const deadline = timeoutMs === undefined ? undefined : createDeadline({
    ms: timeoutMs,
    onReached() {
      const message = `timeout of ${formatDuration(timeoutMs)} reached: ${reason}`;
      signals.stop({ failure: { kind: "timeout", message, hint } });
    },
  });
  try {
    return await signals.raceWithStop(work);
  } finally {
    deadline?.clear();
  }
}
