import { escapeLine, escapeLogCommands } from "../terminal/escape_commands.ts";
import { createCiLog } from "../ci/log.ts";
import { parseSessionId } from "../claude/session_id.ts";
import type { EventOf, RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import type { Redactor } from "../redact/redactor.ts";
import { createJsonRenderer } from "../render/json.ts";
import { createProgressRenderer, type ProgressRenderer } from "../render/pretty/progress.ts";
import { createProblemsRenderer } from "../render/problems.ts";
import { createRawRenderer, type RawRenderer } from "../render/raw.ts";
import type { Renderer } from "../render/renderer.ts";
import { createResultRenderer } from "../render/result.ts";
import { createTextRenderer } from "../render/text.ts";
import type { StopReason } from "../run/stop_reason.ts";
import {
  type BufferedWriter,
  createBufferedWriter,
  WriteMutex,
} from "../terminal/buffered_writer.ts";
import type { CiLog } from "../terminal/ci_log.ts";
import { sanitize, sanitizeLine } from "../terminal/sanitize.ts";
import { createTerminal, type Terminal } from "../terminal/terminal.ts";
import type { HostInfo } from "./host.ts";
import { logRedactor } from "./log_redactor.ts";
import { createReportWriter, type ReportWriter } from "./report_files.ts";
import { stdoutFailure } from "./stdout_failure.ts";
import type { RenderSettings } from "./settings.ts";

/** Shows a run or a replay in all places that the settings name. */
export interface RunRenderer {
  /** Shows all events and returns the exit code. */
  render(events: AsyncIterable<RunEvent>): Promise<number>;
  /** Shows a chunk that claude wrote to stdout, which the raw format prints. */
  bytes(chunk: Uint8Array): Promise<void>;
  /** Prints a message of ccrun on stderr. */
  message(line: string): void;
}

/** Options for {@linkcode createRunRenderer}. */
export interface RunRendererOptions {
  settings: RenderSettings;
  host: HostInfo;
  /** The session that a fork branches off. Its id is not the id of the run. */
  forkedFrom?: string | undefined;
  /** Called once when stdout cannot be written, for example because its reader is gone. */
  onStdoutFailure: (reason: StopReason) => void;
}

/** A producer waits while more is left to write. */
const MAX_PENDING = 512 * 1024;

/** A producer that waited continues when this is left, so that the reader does not wait for it. */
const RESUME_PENDING = MAX_PENDING / 2;

/**
 * Creates the renderers that the settings require.
 *
 * @throws {CcrunError} `usage` if the file of an option cannot be written
 */
export async function createRunRenderer(options: RunRendererOptions): Promise<RunRenderer> {
  const { settings, host, onStdoutFailure } = options;
  const isLog = settings.ci !== "none";
  const mutex = isLog && host.stdoutAndStderrShareTarget ? new WriteMutex() : undefined;
  const stdout = createBufferedWriter(Deno.stdout, {
    onFailure: (error) => onStdoutFailure({ failure: stdoutFailure(error) }),
    mutex,
    isNonBlocking: host.stdoutIsNonBlocking,
  });
  // A failure of stderr does not stop the run.
  const stderr = createBufferedWriter(Deno.stderr, { mutex, failsAtomically: true });
  const ci = createCiLog(settings.ci);
  const terminal = createStderrTerminal(settings, host);
  const progress = settings.progress
    ? createProgress(stderr, terminal, settings, host, ci)
    : undefined;
  const redactor = logRedactor(settings, host.env);
  const message = (text: string) => {
    const line = redactor?.text(text) ?? text;
    if (progress !== undefined) progress.printMessage(line);
    else stderr.write(`ccrun: ${escapeLine(sanitizeLine(line, Infinity), false)}\n`);
  };
  const raw = settings.format === "raw" ? createRaw(stdout, options.forkedFrom) : undefined;
  const product = raw ?? createProduct(stdout, settings, host, progress);
  const reports = await createReportWriter({ settings, host, redactor, warn: message });
  return new Renderers({
    stdout,
    stderr,
    raw,
    product,
    conversation: progress ?? createProblemsRenderer(stderr, terminal.styles, { ci }),
    reports,
    redactor,
    message,
  });
}

/** Returns whether stdout carries the answer as text. */
function printsAnswer({ format }: RenderSettings): boolean {
  return format === "pretty" || format === "text";
}

function isOneTerminal({ isTerminal }: HostInfo): boolean {
  return isTerminal.stdout && isTerminal.stderr;
}

function createStderrTerminal(settings: RenderSettings, host: HostInfo): Terminal {
  // Live rows would mix with events on the same terminal.
  const isMixed = isOneTerminal(host) && !printsAnswer(settings);
  return createTerminal({
    isTerminal: host.isTerminal.stderr,
    isLog: settings.ci !== "none",
    columns: host.columns,
    color: settings.color,
    term: isMixed ? "dumb" : host.env["TERM"] ?? "",
  });
}

function createProgress(
  stderr: BufferedWriter,
  terminal: Terminal,
  settings: RenderSettings,
  host: HostInfo,
  ci: CiLog | undefined,
): ProgressRenderer {
  return createProgressRenderer(stderr, terminal, {
    hold: printsAnswer(settings) && !settings.partial && !isOneTerminal(host),
    home: host.env["HOME"] ?? "",
    ci,
  });
}

function createRaw(stdout: BufferedWriter, forkedFrom: string | undefined): RawRenderer {
  return createRawRenderer(stdout, {
    findSessionId(line) {
      const id = parseSessionId(line);
      return id === forkedFrom ? undefined : id;
    },
  });
}

function createProduct(
  stdout: BufferedWriter,
  settings: RenderSettings,
  host: HostInfo,
  progress: ProgressRenderer | undefined,
): Renderer {
  if (settings.format === "json") return createJsonRenderer(stdout);
  if (settings.format === "result") return createResultRenderer(stdout);
  const isLog = settings.ci !== "none" && !host.stdoutIsFile;
  const shownText = () => isOneTerminal(host) ? progress?.shownText() ?? "" : "";
  return createTextRenderer(stdout, {
    // Files and pipes receive the exact text, unless they are the log of a CI system.
    ...(host.isTerminal.stdout ? { sanitize } : {}),
    ...(isLog ? { escape: escapeLogCommands } : {}),
    isShown: (answer) => answer.trim() !== "" && shownText().trimEnd() === answer.trimEnd(),
  });
}

interface RendererParts {
  readonly stdout: BufferedWriter;
  readonly stderr: BufferedWriter;
  readonly raw: RawRenderer | undefined;
  /** Writes to stdout. */
  readonly product: Renderer;
  /** Writes to stderr. */
  readonly conversation: Renderer;
  readonly reports: ReportWriter;
  readonly redactor: Redactor | undefined;
  readonly message: (line: string) => void;
}

class Renderers implements RunRenderer {
  readonly #parts: RendererParts;

  constructor(parts: RendererParts) {
    this.#parts = parts;
  }

  message(line: string): void {
    this.#parts.message(line);
  }

  async bytes(chunk: Uint8Array): Promise<void> {
    this.#parts.raw?.bytes(chunk);
    await this.#limitPending();
  }

  async render(events: AsyncIterable<RunEvent>): Promise<number> {
    const { stdout, stderr, product, reports } = this.#parts;
    let code: number | undefined;
    try {
      for await (const event of events) {
        if (event.type === "exit") {
          code = await this.#finish(event);
          continue;
        }
        reports.event(event);
        this.#converse(event);
        product.event(event);
        if (stdout.pending > MAX_PENDING || stderr.pending > MAX_PENDING) {
          await this.#limitPending();
        }
      }
    } finally {
      await stdout.flush();
      await stderr.flush();
    }
    return await this.#exitCode(code);
  }

  /** Shows the last events and returns the exit code. */
  async #finish(exit: EventOf<"exit">): Promise<number> {
    let { code } = exit;
    for (const event of await this.#parts.reports.finish(exit)) {
      if (event.type === "exit") code = event.code;
      this.#converse(event);
      // On a shared terminal or log, the answer stands below everything else.
      await this.#parts.stderr.flush();
      this.#parts.product.event(event);
    }
    return code;
  }

  /** Shows an event on stderr. */
  #converse(event: RunEvent): void {
    const { conversation, redactor } = this.#parts;
    if (redactor === undefined) return conversation.event(event);
    // Two pieces could each have a part of a secret.
    if (event.type === "text_delta" || event.type === "thinking_delta") return;
    conversation.event(redactor.event(event));
  }

  async #limitPending(): Promise<void> {
    const { stdout, stderr } = this.#parts;
    for (const writer of [stdout, stderr]) {
      if (writer.pending > MAX_PENDING) await writer.flush(RESUME_PENDING);
    }
  }

  /** Returns the exit code, which depends on whether stdout was written. */
  async #exitCode(code: number | undefined): Promise<number> {
    const { stdout, stderr } = this.#parts;
    if (stdout.failure === undefined) return code ?? EXIT_CODES.internal;
    if (code !== undefined && code !== EXIT_CODES.success) return code;
    const { kind, message } = stdoutFailure(stdout.failure);
    if (kind !== "pipe") {
      stderr.write(`ccrun: error: ${message}\n`);
      await stderr.flush();
    }
    return EXIT_CODES[kind];
  }
}
