import { githubOutputs } from "../ci/github_outputs.ts";
import type { Summary } from "../ci/summary.ts";
import type { ResultCollector } from "../render/result.ts";
import { AppendFile } from "../util/append_file.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { describeWriteError } from "../util/file_errors.ts";
import { findOutputTarget } from "../util/output_target.ts";

/** The absolute paths of the files that a CI system reads after a run. */
export interface CiPaths {
  /** The summary that a GitLab job keeps as an artifact. */
  readonly artifact?: string | undefined;
  /** GitHub's summary of the step. */
  readonly stepSummary?: string | undefined;
  /** GitHub's outputs of the step. */
  readonly stepOutputs?: string | undefined;
}

/** What the files contain, without secrets. */
export interface CiReport {
  /** The outcome of a run. A batch has none. */
  readonly outcome?: ResultCollector;
  readonly summary: Pick<Summary, "markdown"> & Partial<Pick<Summary, "changeUrl">>;
}

/** GitHub Actions does not show a larger step summary at all. */
const MAX_STEP_SUMMARY_BYTES = 1024 * 1024;

/** A summary that would have less space is not written. */
const MIN_SUMMARY_BYTES = 4096;

/** A file that a CI system reads. */
interface CiFile {
  /** What the file contains, for messages. */
  readonly what: string;
  readonly path: string;
  /** Writes the file. Rejects if that is not possible. */
  readonly write: (report: CiReport, warn: (message: string) => void) => Promise<void>;
}

/**
 * The files that a CI system reads. Their places are found before claude starts, so that the agent cannot
 * redirect them. A run does not depend on them, so a failure is a warning.
 */
export class CiFiles {
  readonly #files: readonly CiFile[];

  private constructor(files: readonly CiFile[]) {
    this.#files = files;
  }

  /** Finds the files. */
  static async find({ artifact, stepSummary, stepOutputs }: CiPaths): Promise<CiFiles> {
    const files = [
      await findFile("the summary", artifact, findOutputTarget, (target, { summary }) => {
        return replaceFile(target, summary.markdown());
      }),
      await findFile("the step summary", stepSummary, AppendFile.find, appendSummary),
      await findFile("the step's outputs", stepOutputs, AppendFile.find, appendOutputs),
    ];
    return new CiFiles(files.filter((file) => file !== undefined));
  }

  /** Writes the files. */
  async write(report: CiReport, warn: (message: string) => void): Promise<void> {
    for (const { what, path, write } of this.#files) {
      try {
        await write(report, warn);
      } catch (error) {
        warn(`cannot write ${what} ${path}: ${describeWriteError(error)}`);
      }
    }
  }
}

/** Finds the place of a file. If that fails, writing the file rejects with the reason. */
async function findFile<T>(
  what: string,
  path: string | undefined,
  findPlace: (path: string) => Promise<T>,
  write: (place: T, report: CiReport, warn: (message: string) => void) => Promise<void>,
): Promise<CiFile | undefined> {
  if (path === undefined) return undefined;
  try {
    const place = await findPlace(path);
    return { what, path, write: (report, warn) => write(place, report, warn) };
  } catch (error) {
    return { what, path, write: () => Promise.reject(error) };
  }
}

async function appendSummary(
  file: AppendFile,
  { summary }: CiReport,
  warn: (message: string) => void,
): Promise<void> {
  const size = await file.size();
  // The existing text may lack its last newline, or leave a block open.
  const separator = size > 0 ? "\n\n" : "";
  const available = MAX_STEP_SUMMARY_BYTES - size - separator.length;
  if (available < MIN_SUMMARY_BYTES) {
    return warn("the step summary is full: nothing was added");
  }
  await file.append(separator + summary.markdown(available));
}

async function appendOutputs(
  file: AppendFile,
  { outcome, summary }: CiReport,
  warn: (message: string) => void,
): Promise<void> {
  const size = await file.size();
  const value = outcome?.value;
  if (value === undefined) return;
  const newline = Deno.build.os === "windows" ? "\r\n" : "\n";
  const { text, warnings } = githubOutputs({
    result: value.result ?? undefined,
    exit: value.exit,
    url: summary.changeUrl,
    newline,
  });
  for (const warning of warnings) warn(warning);
  // The existing text may lack its last newline. The runner skips empty lines.
  const separator = size > 0 ? newline : "";
  await file.append(separator + text);
}
