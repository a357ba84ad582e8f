import type { BatchEvent } from "../../batch/events.ts";
import { BatchSummary } from "../../ci/batch_summary.ts";
import { createCiLog } from "../../ci/log.ts";
import { EventRedactor } from "../../redact/event_redactor.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { createBatchLog } from "../../render/batch/log.ts";
import { createBatchProgress } from "../../render/batch/progress.ts";
import type { BatchRenderer } from "../../render/batch/renderer.ts";
import type { StopReason } from "../../run/stop_reason.ts";
import { type BufferedWriter, createBufferedWriter } from "../../terminal/buffered_writer.ts";
import { createTerminal } from "../../terminal/terminal.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { formatCount } from "../../util/units.ts";
import { CiFiles } from "../ci_files.ts";
import type { HostInfo } from "../host.ts";
import { OptionFiles } from "../option_files.ts";
import { messageLine, stdoutFailure } from "../print.ts";
import type { RenderSettings } from "../render_settings.ts";

/** Options for {@linkcode openBatchOutput}. */
export interface BatchOutputOptions {
  readonly settings: RenderSettings;
  readonly host: HostInfo;
  /** Removes secrets from what others can read. */
  readonly redactor: Redactor | undefined;
  /** Called once when stdout cannot be written. */
  readonly onStdoutFailure: (reason: StopReason) => void;
}

/** The batch waits while more than this is left to write, in characters. */
const MAX_PENDING = 512 * 1024;

/** Opens the outputs of a batch. @throws {CcrunError} `usage` if the file of an option cannot be written */
export async function openBatchOutput(options: BatchOutputOptions): Promise<BatchOutput> {
  const { settings, host, onStdoutFailure } = options;
  const stdout = createBufferedWriter(Deno.stdout, {
    onFailure: (error) => onStdoutFailure({ failure: stdoutFailure(error) }),
    isNonBlocking: host.streams?.stdoutIsNonBlocking,
  });
  const stderr = createBufferedWriter(Deno.stderr, { writesAllOrNothing: true });
  const summary = new BatchSummary();
  const { summary: path, artifact, stepSummary } = settings.files;
  const contents = () => summary.markdown();
  const optionFiles = await OptionFiles.open(
    [{ option: "--summary", path, contents }],
    settings.workspaces,
  );
  const ciFiles = await CiFiles.find({ artifact, stepSummary });
  return new BatchOutput({ ...options, stdout, stderr, summary, optionFiles, ciFiles });
}

interface BatchOutputParts extends BatchOutputOptions {
  readonly stdout: BufferedWriter;
  readonly stderr: BufferedWriter;
  readonly summary: BatchSummary;
  readonly optionFiles: OptionFiles;
  readonly ciFiles: CiFiles;
}

/** What a batch writes besides its results: events, progress, and summaries. */
export class BatchOutput {
  readonly #parts: BatchOutputParts;
  /** Shows the batch on stderr; undefined if its events go to stdout. */
  readonly #progress: BatchRenderer | undefined;
  /** The redactors of the running tasks, by their ids. */
  readonly #redactors = new Map<string, EventRedactor>();

  constructor(parts: BatchOutputParts) {
    const { settings, stderr, host } = parts;
    this.#parts = parts;
    const isJson = settings.format === "json";
    this.#progress = isJson ? undefined : createProgress(settings, stderr, host);
  }

  /** Prints a message of ccrun on stderr. */
  printMessage(text: string): void {
    const { redactor, stderr } = this.#parts;
    const line = redactor?.text(text) ?? text;
    if (this.#progress === undefined) stderr.write(`${messageLine(line)}\n`);
    else this.#progress.printMessage(line);
  }

  /** Shows an event. Resolves when there is room for more. */
  async emit(event: BatchEvent): Promise<void> {
    const shown = this.#withoutSecrets(event);
    if (shown === undefined) return;
    if (this.#progress === undefined) this.#printJson(shown);
    else this.#progress.event(shown);
    this.#parts.summary.event(shown);
    const { stdout, stderr } = this.#parts;
    for (const writer of [stdout, stderr]) {
      if (writer.pending > MAX_PENDING) await writer.flush(MAX_PENDING / 2);
    }
  }

  /** Writes what is left, and the summaries. */
  async finish(): Promise<void> {
    const { stdout, stderr, summary, optionFiles, ciFiles } = this.#parts;
    this.#progress?.close?.();
    const warn = (text: string) => this.printMessage(`warning: ${text}`);
    for (const error of await optionFiles.write()) warn(error);
    await ciFiles.write({ summary }, warn);
    await stdout.flush();
    await stderr.flush();
  }

  #printJson(event: BatchEvent): void {
    this.#parts.stdout.write(`${stringifySafe(event)}\n`);
    if (event.type !== "batch_end" || event.ok) return;
    const { message = `${formatCount(event.failed, "task")} failed` } = event;
    this.printMessage(`error: ${message}`);
  }

  #withoutSecrets(event: BatchEvent): BatchEvent | undefined {
    const { redactor } = this.#parts;
    if (redactor === undefined) return event;
    if (!("task" in event)) return redactor.json(event) as BatchEvent;
    const { task, execution, ...runEvent } = event;
    const events = this.#redactors.get(task) ?? new EventRedactor(redactor);
    if (event.type === "exit") this.#redactors.delete(task);
    else this.#redactors.set(task, events);
    const shown = events.redact(runEvent);
    return shown && { ...shown, task: redactor.text(task), execution };
  }
}

function createProgress(
  settings: RenderSettings,
  stderr: BufferedWriter,
  host: HostInfo,
): BatchRenderer {
  const isLog = settings.ci !== "none";
  const terminal = createTerminal({
    isTerminal: host.isTerminal.stderr,
    isLog,
    columns: host.columns,
    rows: host.rows,
    color: settings.color,
    term: host.env["TERM"] ?? "",
  });
  if (terminal.canRepaint) return createBatchProgress(stderr, terminal);
  return createBatchLog(stderr, { styles: terminal.styles, ci: createCiLog(settings.ci) });
}
