import type { RunEvent } from "../events.ts";
import { parseSessionId } from "../claude/session_id.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import type { StopReason } from "../run/stop_reason.ts";
import { createTextRenderer } from "../render/text.ts";
import { escapeLine, escapeLogCommands } from "../ci/escape_commands.ts";
import { createJsonRenderer } from "../render/json.ts";
import type { Renderer } from "../render/renderer.ts";
import type { ProgressRenderer } from "../render/pretty/progress.ts";
import { createRawRenderer } from "../render/raw.ts";
import { createResultRenderer } from "../render/result.ts";
import {
  type BufferedWriter,
  createBufferedWriter,
  createWriteMutex,
} from "../terminal/buffered_writer.ts";
import { createTerminal } from "../terminal/terminal.ts";
import { sanitize, sanitizeLine } from "../terminal/sanitize.ts";
import type { HostInfo } from "./host.ts";
import { createCiLog } from "../ci/log.ts";
import { logRedactor } from "./log_redactor.ts";
import type { ReportFiles, ReportFilesOptions } from "./report_files.ts";
import type { RenderSettings } from "./settings.ts";
import { stdoutFailure } from "./stdout_failure.ts";

/** How much may wait to be written until who produces it waits, too. */
const HIGH_WATER = 512 * 1024;

/** How much of it is left when it goes on: a reader that is fast would else have to wait for what is made next. */
const LOW_WATER = HIGH_WATER / 2;

/** Where a run or a replay is shown. */
export interface RunRenderer {
  /** Shows all events, which come in batches, and gives the exit code. */
  render(events: AsyncIterable<RunEvent>): Promise<number>;
  /** Takes a chunk of claude's stdout, which the raw format passes on. */
  bytes(chunk: Uint8Array): Promise<void>;
  /** Says something of ccrun's own on stderr. */
  message(line: string): void;
}

/** Options of {@linkcode createRunRenderer}. */
export interface RunRendererOptions {
  settings: RenderSettings;
  host: HostInfo;
  /** The session that a fork branches off, whose id is not the run's. */
  forkedFrom?: string | undefined;
  /** Is told once when nobody reads stdout any more, or it cannot be written. */
  onStdoutFailure: (cause: StopReason) => void;
}

/**
 * Makes the outputs that the settings ask for.
 *
 * @throws {CcrunError} `usage` when the file of `--output` cannot be written
 */
export async function createRunRenderer(options: RunRendererOptions): Promise<RunRenderer> {
  const { settings, host: edge, onStdoutFailure } = options;
  const { format } = settings;
  const { isTerminal } = edge;
  const redactor = await logRedactor(settings, edge.env);
  const reports = await reportsOf({ settings, edge, redactor, tell: (line) => tell(line) });
  // A runner reads along, and keeps what it reads.
  const isLog = settings.ci !== "none";
  const turns = isLog && edge.stdoutAndStderrShareTarget ? createWriteMutex() : undefined;
  const stdout = createBufferedWriter(Deno.stdout, {
    onFailure: (error) => onStdoutFailure({ failure: stdoutFailure(error) }),
    turns,
  });
  // Nobody reads the progress any more: that is no reason to stop.
  const stderr = createBufferedWriter(Deno.stderr, { turns, isExact: true });
  const givesAnswer = format === "pretty" || format === "text";
  const isOneTerminal = isTerminal.stdout && isTerminal.stderr;
  const terminal = createTerminal({
    isTerminal: isTerminal.stderr,
    isLog,
    columns: edge.columns,
    color: settings.color,
    // A live line cannot be kept apart from events that go to the same terminal.
    term: isOneTerminal && !givesAnswer ? "dumb" : edge.env["TERM"] ?? "",
  });
  const ci = createCiLog(settings.ci);
  // Of these only one is needed, and they are most of what there is to load.
  let progress: ProgressRenderer | undefined;
  let conversation: Renderer;
  if (settings.progress) {
    const { createProgressRenderer } = await import("../render/pretty/progress.ts");
    conversation = progress = createProgressRenderer(stderr, terminal, {
      hold: givesAnswer && !settings.partial && !isOneTerminal,
      home: edge.env["HOME"] ?? "",
      ci,
    });
  } else {
    const { createProblemsRenderer } = await import("../render/problems.ts");
    conversation = createProblemsRenderer(stderr, terminal.styles, { ci });
  }
  const shownText = () => isOneTerminal && progress !== undefined ? progress.shownText() : "";
  const product: Renderer[] = [];
  const raw = format !== "raw" ? undefined : createRawRenderer(stdout, {
    findSessionId: (line) => {
      const id = parseSessionId(line);
      return id === options.forkedFrom ? undefined : id;
    },
  });
  if (raw !== undefined) product.push(raw);
  if (format === "json") product.push(createJsonRenderer(stdout));
  if (format === "result") product.push(createResultRenderer(stdout));
  if (givesAnswer) {
    product.push(createTextRenderer(stdout, {
      // To a file or a pipe go the exact bytes, unless a runner reads along.
      ...(isTerminal.stdout ? { clean: sanitize } : {}),
      ...(isLog && !edge.stdoutIsFile ? { defuse: escapeLogCommands } : {}),
      isShown: (answer) => shownText().trimEnd() === answer.trimEnd() && answer.trim() !== "",
    }));
  }

  const tell = (said: string) => {
    const line = redactor?.text(said) ?? said;
    if (progress !== undefined) progress.tell(line);
    else stderr.write(`ccrun: ${escapeLine(sanitizeLine(line, Infinity), false)}\n`);
  };
  /** Shows an event on stderr, which a CI log keeps. */
  const converse = (event: RunEvent) => {
    if (redactor === undefined) return conversation.event(event);
    // A secret could come in two pieces.
    if (event.type !== "text_delta" && event.type !== "thinking_delta") {
      conversation.event(redactor.event(event));
    }
  };
  const show = (event: RunEvent) => {
    reports.event(event);
    converse(event);
    for (const output of product) output.event(event);
  };
  /**
   * Shows the last event on stderr first: where both are one terminal or one log, the
   * answer stands below all that came before it, and the live line is gone.
   */
  const showLast = async (event: RunEvent) => {
    converse(event);
    await stderr.flush();
    for (const output of product) output.event(event);
  };
  const settle = async () => {
    if (stdout.pending > HIGH_WATER) await stdout.flush(LOW_WATER);
    if (stderr.pending > HIGH_WATER) await stderr.flush(LOW_WATER);
  };
  return {
    message: tell,
    async bytes(chunk) {
      raw?.bytes(chunk);
      await settle();
    },
    async render(events) {
      let code: number | undefined;
      try {
        for await (const event of events) {
          {
            if (event.type === "exit") {
              for (const last of await reports.finish(event)) {
                if (last.type === "exit") code = last.code;
                await showLast(last);
              }
            } else {
              show(event);
            }
            if (stdout.pending > HIGH_WATER || stderr.pending > HIGH_WATER) await settle();
          }
        }
      } finally {
        reports.discard();
        await stdout.flush();
        await stderr.flush();
      }
      return await afterWriting(code, stdout, stderr);
    },
  };
}

/** What is written at the end, if anything is besides what is shown. */
async function reportsOf(options: ReportFilesOptions): Promise<ReportFiles> {
  const { output, result, summary, ci } = options.settings;
  const hasFile = [output, result, summary].some((path) => path !== undefined);
  if (!hasFile && ci !== "github" && ci !== "gitlab") return NO_REPORTS;
  const { createReportFiles } = await import("./report_files.ts");
  return await createReportFiles(options);
}

const NO_REPORTS: ReportFiles = {
  event() {},
  finish: (exit) => Promise.resolve([exit]),
  discard() {},
};

/** The exit code, once it is known whether the product has left. Without an `exit` there is none yet. */
async function afterWriting(
  code: number | undefined,
  stdout: BufferedWriter,
  stderr: BufferedWriter,
): Promise<number> {
  if (stdout.failure === undefined) return code ?? EXIT_CODES.internal;
  if (code !== undefined && code !== EXIT_CODES.success) return code;
  const { kind, message } = stdoutFailure(stdout.failure);
  if (kind !== "pipe") {
    stderr.write(`ccrun: error: ${message}\n`);
    await stderr.flush();
  }
  return EXIT_CODES[kind];
}
