import { createSummary } from "../ci/summary.ts";
import type { Failure } from "../errors.ts";
import type { EventOf, RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { CreatePage } from "../render/page.ts";
import type { Renderer } from "../render/renderer.ts";
import {
  createResultCollector,
  formatResult,
  type ResultCollector,
  type RunResult,
} from "../render/result.ts";
import { answerOf } from "../util/event_text.ts";
import { CiFiles, type CiPaths, type CiReport } from "./ci_files.ts";
import { OptionFiles } from "./option_files.ts";
import { redactEvents } from "./redaction.ts";

/** The absolute paths of the files that a run writes when it is over. */
export interface ReportPaths extends CiPaths {
  readonly output?: string | undefined;
  readonly result?: string | undefined;
  readonly summary?: string | undefined;
}

/** Options for {@linkcode openReportFiles}. */
export interface ReportFilesOptions {
  readonly paths: ReportPaths;
  /** The directories that a path in them must not leave. @default {[]} */
  readonly workspaces?: readonly string[];
  /** Removes secrets from what CI publishes: the summary and the outputs of the step. */
  readonly redactor: Redactor | undefined;
  /** Creates the page that `--output` names, if it is not the answer. */
  readonly createPage?: CreatePage | undefined;
  /** The home directory, which the summary shortens. */
  readonly home: string | undefined;
  readonly warn: (message: string) => void;
}

/**
 * Opens the files that options name.
 *
 * @throws {CcrunError} `usage` if one of them cannot be written
 */
export async function openReportFiles(
  { paths, workspaces = [], redactor, createPage, home, warn }: ReportFilesOptions,
): Promise<ReportFiles> {
  const { output, result, summary, artifact, stepSummary, stepOutputs } = paths;
  const outcome = createResultCollector();
  const isPublished = [summary, artifact, stepSummary, stepOutputs].some((path) => path);
  const published = isPublished ? createPublishedReport(home, redactor) : undefined;
  const page = output === undefined ? undefined : createPage && collectPage(createPage, redactor);
  const optionFiles = await OptionFiles.open([
    { option: "--result", path: result, contents: () => outcomeText(outcome.value) },
    { option: "--summary", path: summary, contents: () => published?.summary.markdown() },
    // The last one, because a run whose other files cannot be written fails and has no answer.
    {
      option: "--output",
      path: output,
      contents: () => page === undefined ? answerText(outcome.value) : page.text,
    },
  ], workspaces);
  const ciFiles = await CiFiles.find(paths);
  return new ReportFiles({ warn, outcome, published, page, optionFiles, ciFiles });
}

interface ReportFilesParts extends Pick<ReportFilesOptions, "warn"> {
  readonly outcome: ResultCollector;
  readonly published: PublishedReport | undefined;
  readonly page: CollectedPage | undefined;
  readonly optionFiles: OptionFiles;
  readonly ciFiles: CiFiles;
}

/** Writes the files of a run when it is over. */
export class ReportFiles {
  readonly #parts: ReportFilesParts;

  constructor(parts: ReportFilesParts) {
    this.#parts = parts;
  }

  /** Records an event other than the last one. */
  event(event: RunEvent): void {
    const { outcome, published, page } = this.#parts;
    outcome.event(event);
    published?.event(event);
    page?.event(event);
  }

  /**
   * Writes the files that options name.
   *
   * @returns the last events: the `exit`, or an `error` and an `exit` if a file could not be written
   */
  async finish(exit: EventOf<"exit">): Promise<RunEvent[]> {
    const { optionFiles, warn } = this.#parts;
    this.event(exit);
    const error = await optionFiles.writeUntilError();
    if (error === undefined) return [exit];
    if (exit.ok) return await this.fail(exit, { kind: "failed", message: error });
    for (const message of [error, ...await optionFiles.write()]) warn(message);
    return [exit];
  }

  /**
   * Writes the files that options name again, because a run that succeeded failed after all.
   *
   * @returns the last events, which replace the `exit`
   */
  async fail(exit: EventOf<"exit">, failure: Failure): Promise<RunEvent[]> {
    const { optionFiles, warn } = this.#parts;
    const ending = failedEnding(exit, failure);
    for (const event of ending) this.event(event);
    for (const error of await optionFiles.write()) warn(error);
    return ending;
  }

  /** Writes the files of the CI system. Their outcome is final, because some of them only grow. */
  async publish(): Promise<void> {
    const { ciFiles, published, warn } = this.#parts;
    if (published !== undefined) await ciFiles.write(published, warn);
  }
}

/** What CI publishes, from the events of a run. */
interface PublishedReport extends CiReport, Renderer {}

function createPublishedReport(
  home: string | undefined,
  redactor: Redactor | undefined,
): PublishedReport {
  const outcome = createResultCollector();
  const summary = createSummary(home);
  const both = {
    event(event: RunEvent) {
      outcome.event(event);
      summary.event(event);
    },
  };
  return {
    ...redactEvents(both, redactor),
    outcome,
    summary,
  };
}

/** A page about a whole session. */
interface CollectedPage extends Renderer {
  /** The page; undefined before the `exit` event. */
  readonly text: string | undefined;
}

function collectPage(createPage: CreatePage, redactor: Redactor | undefined): CollectedPage {
  let parts: string[] = [];
  const renderer = redactEvents(createPage({ write: (text) => void parts.push(text) }), redactor);
  return {
    event(event) {
      // A second ending replaces the first one.
      if (event.type === "exit") parts = [];
      renderer.event(event);
    },
    get text() {
      return parts.length === 0 ? undefined : parts.join("");
    },
  };
}

/** Returns the answer of a successful run. */
function answerText(outcome: RunResult | undefined): string | undefined {
  return outcome?.exit.ok && outcome.result !== null ? answerOf(outcome.result) : undefined;
}

function outcomeText(outcome: RunResult | undefined): string | undefined {
  return outcome && formatResult(outcome);
}

/** Returns the events that replace the `exit` of a run that succeeded, but whose output was lost. */
function failedEnding(exit: EventOf<"exit">, error: Failure): RunEvent[] {
  const { seq, time_ms } = exit;
  const reason = error.kind;
  return [
    { type: "error", seq, time_ms, error },
    { ...exit, seq: seq + 1, code: EXIT_CODES[reason], reason, ok: false },
  ];
}
