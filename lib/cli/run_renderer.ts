import { asFailure, type Failure } from "../errors.ts";
import { createEventFactory, type EventOf, type RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { finalEvents } from "../run/final_events.ts";
import { RunState } from "../run/run_state.ts";
import type { StopReason } from "../run/stop_reason.ts";
import { type BufferedWriter, createBufferedWriter } from "../terminal/buffered_writer.ts";
import { WriteMutex } from "../terminal/write_mutex.ts";
import { createRenderers, type Renderers, type RenderersOptions } from "./renderers.ts";
import { openReportFiles, type ReportFiles } from "./report_files.ts";
import { printFailure, stdoutFailure } from "./print.ts";

/** Options for {@linkcode createRunRenderer}. */
export interface RunRendererOptions extends Omit<RenderersOptions, "stdout" | "stderr"> {
  /** Called once when stdout cannot be written, for example because its reader is gone. */
  readonly onStdoutFailure?: (reason: StopReason) => void;
}

/** A run waits while more than this is left to write, in characters and bytes. */
const MAX_PENDING = 512 * 1024;

/** A run that waited continues when this is left, so that the reader does not wait for it. */
const RESUME_PENDING = MAX_PENDING / 2;

/**
 * Creates the renderer of a run or a replay, with everything that the settings require.
 *
 * @throws {CcrunError} `usage` if the file of an option cannot be written
 */
export async function createRunRenderer(options: RunRendererOptions): Promise<RunRenderer> {
  const { settings, host, onStdoutFailure } = options;
  const isLog = settings.ci !== "none";
  const mayMix = host.streams?.stdoutAndStderrShareTarget ?? true;
  const mutex = isLog && mayMix ? new WriteMutex() : undefined;
  const stdout = createBufferedWriter(Deno.stdout, {
    onFailure: (error) => onStdoutFailure?.({ failure: stdoutFailure(error) }),
    mutex,
    isNonBlocking: host.streams?.stdoutIsNonBlocking,
  });
  // A failure of stderr does not stop the run.
  const stderr = createBufferedWriter(Deno.stderr, { mutex, writesAllOrNothing: true });
  const renderers = createRenderers({ ...options, stdout, stderr });
  const reports = await openReportFiles({
    paths: settings.files,
    workspaces: settings.workspaces,
    redactor: options.redactor,
    createPage: options.createPage,
    home: host.env["HOME"],
    warn: (text) => renderers.printMessage(`warning: ${text}`),
  });
  return new RunRenderer({ stdout, stderr, renderers, reports, isDebug: settings.debug !== false });
}

interface RunRendererParts {
  readonly stdout: BufferedWriter;
  readonly stderr: BufferedWriter;
  readonly renderers: Renderers;
  readonly reports: ReportFiles;
  /** Whether to print the stack of an internal error. */
  readonly isDebug: boolean;
}

/** Shows a run or a replay on stdout and stderr, and writes its files. */
export class RunRenderer {
  readonly #stdout: BufferedWriter;
  readonly #stderr: BufferedWriter;
  readonly #renderers: Renderers;
  readonly #reports: ReportFiles;
  readonly #isDebug: boolean;
  readonly #state = new RunState();
  /** The last event on stdout. */
  #lastShown: RunEvent | undefined;

  constructor({ stdout, stderr, renderers, reports, isDebug }: RunRendererParts) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#renderers = renderers;
    this.#reports = reports;
    this.#isDebug = isDebug;
  }

  /** Prints a message of ccrun on stderr. */
  printMessage(text: string): void {
    this.#renderers.printMessage(text);
  }

  /** Prints where an error was thrown. */
  printStack(error: unknown): void {
    const stack = error instanceof Error ? error.stack ?? "" : "";
    for (const frame of stack.split("\n")) this.printMessage(frame);
  }

  /** Shows a chunk that claude wrote to stdout, which only the format `raw` prints. */
  async writeBytes(chunk: Uint8Array): Promise<void> {
    this.#renderers.raw?.writeBytes(chunk);
    if (this.#isBehind) await this.#catchUp();
  }

  /**
   * Shows all events and returns the exit code. If an output fails because of a bug, ends the stream that
   * has begun with an error.
   */
  async render(events: AsyncIterable<RunEvent> | Iterable<RunEvent>): Promise<number> {
    try {
      return await this.#showAll(events);
    } catch (error) {
      const shown = this.#lastShown;
      if (shown === undefined || shown.type === "exit") throw error;
      if (this.#isDebug) this.printStack(error);
      return await this.#showAll(this.#endingAfter(shown, asFailure(error)));
    } finally {
      await this.#flush();
    }
  }

  async #showAll(events: AsyncIterable<RunEvent> | Iterable<RunEvent>): Promise<number> {
    let code: number = EXIT_CODES.internal;
    for await (const event of events) {
      if (event.type === "exit") {
        code = await this.#finish(event);
      } else {
        this.#show(event);
        if (this.#isBehind) await this.#catchUp();
      }
    }
    return code;
  }

  /** Returns the events that end the run instead of its own ones. */
  #endingAfter({ seq, time_ms }: RunEvent, failure: Failure): Iterable<RunEvent> {
    const createEvent = createEventFactory(() => time_ms, seq + 1);
    return finalEvents(createEvent, { state: this.#state, failure, durationMs: time_ms });
  }

  #show(event: RunEvent): void {
    this.#state.record(event);
    this.#reports.event(event);
    this.#renderers.stdout.event(event);
    this.#lastShown = event;
    this.#renderers.stderr.event(event);
  }

  /** Writes the files, shows the last events, and returns the exit code. */
  async #finish(exit: EventOf<"exit">): Promise<number> {
    let { code } = exit;
    for (const event of await this.#reports.finish(exit)) {
      if (event.type === "exit") code = event.code;
      this.#renderers.stderr.event(event);
      // On a shared terminal or log, the answer comes below everything else.
      await this.#stderr.flush();
      this.#renderers.stdout.event(event);
      this.#lastShown = event;
    }
    await this.#stdout.flush();
    const { failure } = this.#stdout;
    if (code === EXIT_CODES.success && failure !== undefined) {
      code = await this.#loseAnswer(exit, stdoutFailure(failure));
    }
    await this.#reports.publish();
    return code;
  }

  /** Fails a run that succeeded, because its answer could not be written, and returns the exit code. */
  async #loseAnswer(exit: EventOf<"exit">, failure: Failure): Promise<number> {
    await this.#reports.fail(exit, failure);
    await this.#stderr.flush();
    return printFailure(failure);
  }

  get #isBehind(): boolean {
    return this.#stdout.pending > MAX_PENDING || this.#stderr.pending > MAX_PENDING;
  }

  async #catchUp(): Promise<void> {
    await this.#stdout.flush(RESUME_PENDING);
    await this.#stderr.flush(RESUME_PENDING);
  }

  async #flush(): Promise<void> {
    await this.#stdout.flush();
    await this.#stderr.flush();
  }
}
