import { resolve } from "@std/path/resolve";
import { defaultSummary } from "../ci/detect.ts";
import { githubOutputs } from "../ci/github_outputs.ts";
import { createSummary } from "../ci/summary.ts";
import type { Failure } from "../errors.ts";
import type { EventOf, RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { createRedactor, type Redactor } from "../redact/redactor.ts";
import { gatherResult, resultText, type RunResult } from "../render/result.ts";
import { answerOf } from "../util/event_text.ts";
import { type AtomicFile, openAtomicFile, replaceFile } from "../util/atomic_file.ts";
import { describeWriteError } from "../util/file_errors.ts";
import type { HostInfo } from "./host.ts";
import type { RenderSettings } from "./settings.ts";

/** Writes the files of a run when it is over: answer, result, summary, and what CI systems read. */
export interface ReportWriter {
  /** Records an event other than the last one. */
  event(event: RunEvent): void;
  /**
   * Writes all files.
   *
   * @returns the last events: the `exit`, or an `error` and an `exit` if a file could not be written
   */
  finish(exit: EventOf<"exit">): Promise<RunEvent[]>;
}

/** The settings that {@linkcode createReportWriter} needs. */
export type ReportSettings = Pick<
  RenderSettings,
  "output" | "result" | "summary" | "ci" | "redact"
>;

/** Options for {@linkcode createReportWriter}. */
export interface ReportWriterOptions {
  settings: ReportSettings;
  host: HostInfo;
  /** Prints a warning. */
  warn: (message: string) => void;
  /** Removes secrets. @default a new redactor, if the settings require one */
  redactor?: Redactor | undefined;
}

/** GitHub Actions does not show a larger step summary at all. */
const MAX_STEP_SUMMARY_BYTES = 1024 * 1024;

/** A summary that would have less space is not written. */
const MIN_SUMMARY_BYTES = 4096;

/**
 * Opens the files that the settings name.
 *
 * @throws {CcrunError} `usage` if a file that an option names cannot be written
 */
export async function createReportWriter(options: ReportWriterOptions): Promise<ReportWriter> {
  const { settings, host } = options;
  const stepSummary = githubFile(options, "GITHUB_STEP_SUMMARY");
  const files: ReportFiles = {
    answer: await open("--output", settings.output),
    result: await open("--result", settings.result),
    // The summary of the step is appended to, not replaced.
    summary: settings.summary === stepSummary
      ? undefined
      : await open("--summary", settings.summary),
    artifact: settings.summary === undefined ? defaultSummary(settings.ci, host.env) : undefined,
    stepSummary,
    stepOutputs: githubFile(options, "GITHUB_OUTPUT"),
  };
  return new Reports(files, options);
}

/** A file that an option names. */
interface OptionFile extends AtomicFile {
  readonly option: string;
  readonly path: string;
}

interface ReportFiles {
  readonly answer: OptionFile | undefined;
  readonly result: OptionFile | undefined;
  readonly summary: OptionFile | undefined;
  /** The path of the summary that a CI job keeps by default. */
  readonly artifact: string | undefined;
  readonly stepSummary: string | undefined;
  readonly stepOutputs: string | undefined;
}

async function open(option: string, path: string | undefined): Promise<OptionFile | undefined> {
  if (path === undefined) return undefined;
  const { write } = await openAtomicFile(path, option);
  return { option, path, write };
}

/** Returns the absolute path that a variable of GitHub Actions names. */
function githubFile({ settings, host }: ReportWriterOptions, name: string): string | undefined {
  const path = settings.ci === "github" ? host.env[name] : undefined;
  return path ? resolve(host.cwd, path) : undefined;
}

class Reports implements ReportWriter {
  readonly #files: ReportFiles;
  readonly #warn: (message: string) => void;
  readonly #redactor: Redactor | undefined;
  readonly #gathered = gatherResult();
  readonly #summary: ReturnType<typeof createSummary> | undefined;

  constructor(files: ReportFiles, { settings, host, warn, redactor }: ReportWriterOptions) {
    this.#files = files;
    this.#warn = warn;
    this.#redactor = redactor ?? (settings.redact ? createRedactor(host.env) : undefined);
    const hasSummary = files.summary ?? files.artifact ?? files.stepSummary;
    if (hasSummary !== undefined) this.#summary = createSummary({ home: host.env["HOME"] ?? "" });
  }

  event(event: RunEvent): void {
    this.#gathered.event(event);
    if (event.type === "text_delta" || event.type === "thinking_delta") return;
    this.#summary?.event(this.#redactor?.event(event) ?? event);
  }

  async finish(exit: EventOf<"exit">): Promise<RunEvent[]> {
    // Every file has the same outcome, so the files that may fail are written first.
    const answer = exit.ok ? this.#gathered.last : null;
    let last: RunEvent[] = [exit];
    if (answer !== null) last = await this.#write(this.#files.answer, answerOf(answer), last);
    last = await this.#writeResult(last);
    for (const event of last) this.event(event);
    const known = last;
    last = await this.#write(this.#files.summary, this.#summary?.markdown() ?? "", last);
    if (last !== known) {
      for (const event of last) this.event(event);
      await this.#writeResult(last);
    }
    await this.#writeForCi();
    return last;
  }

  /** Writes a file of an option and returns the last events, which change if a good run fails by that. */
  async #write(
    file: OptionFile | undefined,
    text: string,
    last: RunEvent[],
  ): Promise<RunEvent[]> {
    try {
      await file?.write(text);
      return last;
    } catch (error) {
      const reason = describeWriteError(error);
      const message = `cannot write ${file?.option} ${file?.path}: ${reason}`;
      const [exit] = last;
      if (exit?.type === "exit" && exit.ok) return replaceWithFailure(exit, message);
      this.#warn(`warning: ${message}`);
      return last;
    }
  }

  async #writeResult(last: RunEvent[]): Promise<RunEvent[]> {
    for (const event of last) this.#gathered.event(event);
    const { value } = this.#gathered;
    return value === undefined
      ? last
      : await this.#write(this.#files.result, resultText(value), last);
  }

  async #writeForCi(): Promise<void> {
    const { artifact, stepSummary, stepOutputs } = this.#files;
    const summary = this.#summary;
    if (artifact !== undefined && summary !== undefined) {
      await this.#writeOptional(
        "the summary",
        artifact,
        () => replaceFile(artifact, summary.markdown()),
      );
    }
    if (stepSummary !== undefined && summary !== undefined) {
      await this.#appendTo(stepSummary, "the step summary", (size) => {
        // The text before may not end its line or its block.
        const separator = size > 0 ? "\n\n" : "";
        const available = MAX_STEP_SUMMARY_BYTES - size - separator.length;
        return available < MIN_SUMMARY_BYTES ? undefined : separator + summary.markdown(available);
      });
    }
    const { value } = this.#gathered;
    if (stepOutputs !== undefined && value !== undefined) {
      await this.#appendTo(stepOutputs, "the step's outputs", () => this.#stepOutputs(value));
    }
  }

  #stepOutputs({ result, exit }: RunResult): string {
    const redacted = result && (this.#redactor?.event(result) ?? result);
    const { text, warnings } = githubOutputs({
      result: redacted?.type === "result" ? redacted : undefined,
      exit,
      newline: Deno.build.os === "windows" ? "\r\n" : "\n",
    });
    for (const warning of warnings) this.#warn(`warning: ${warning}`);
    return text;
  }

  /** Writes a file that no option names. A failure is only a warning. */
  async #writeOptional(what: string, path: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#warn(`warning: cannot write ${what} ${path}: ${describeWriteError(error)}`);
    }
  }

  /**
   * Appends to a file of the CI system.
   *
   * @param textFor returns the text for a file of a size in bytes; undefined if it does not fit
   */
  async #appendTo(
    path: string,
    what: string,
    textFor: (size: number) => string | undefined,
  ): Promise<void> {
    await this.#writeOptional(what, path, async () => {
      const info = await Deno.stat(path).catch(() => undefined);
      // Opening a pipe without a reader would wait forever.
      if (info !== undefined && !info.isFile) throw new Error("it is not a regular file");
      const text = textFor(info?.size ?? 0);
      if (text === undefined) return this.#warn(`warning: ${what} is full: nothing was added`);
      await Deno.writeTextFile(path, text, { append: true });
    });
  }
}

/** Returns the events that replace the `exit` of a run that succeeded, but whose file was not written. */
function replaceWithFailure(exit: EventOf<"exit">, message: string): RunEvent[] {
  const { seq, time_ms } = exit;
  const error: Failure = { kind: "failed", message };
  return [
    { type: "error", seq, time_ms, error },
    { ...exit, seq: seq + 1, code: EXIT_CODES.failed, reason: "failed", ok: false },
  ];
}
