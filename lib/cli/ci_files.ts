import { githubOutputs } from "../ci/github_outputs.ts";
import type { Summary } from "../ci/summary.ts";
import type { ResultCollector } from "../render/result.ts";
import { appendToFile } from "../util/append_file.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { describeWriteError } from "../util/file_errors.ts";

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
  readonly outcome: ResultCollector;
  readonly summary: Summary;
}

/** GitHub Actions does not show a larger step summary at all. */
const MAX_STEP_SUMMARY_BYTES = 1024 * 1024;

/** A summary that would have less space is not written. */
const MIN_SUMMARY_BYTES = 4096;

/** Writes the files of the CI system. A run does not depend on them, so a failure is a warning. */
export async function writeCiFiles(
  { artifact, stepSummary, stepOutputs }: CiPaths,
  { outcome, summary }: CiReport,
  warn: (message: string) => void,
): Promise<void> {
  const attempt = async (
    what: string,
    path: string | undefined,
    write: (path: string) => Promise<void>,
  ) => {
    if (path === undefined) return;
    try {
      await write(path);
    } catch (error) {
      warn(`cannot write ${what} ${path}: ${describeWriteError(error)}`);
    }
  };
  await attempt("the summary", artifact, (path) => replaceFile(path, summary.markdown()));
  await attempt("the step summary", stepSummary, (path) => appendSummary(path, summary, warn));
  await attempt(
    "the step's outputs",
    stepOutputs,
    (path) => appendOutputs(path, { outcome, summary }, warn),
  );
}

async function appendSummary(
  path: string,
  summary: Summary,
  warn: (message: string) => void,
): Promise<void> {
  const size = await checkedSize(path);
  // The existing text may lack its last newline, or leave a block open.
  const separator = size > 0 ? "\n\n" : "";
  const available = MAX_STEP_SUMMARY_BYTES - size - separator.length;
  if (available < MIN_SUMMARY_BYTES) {
    return warn("the step summary is full: nothing was added");
  }
  await appendToFile(path, separator + summary.markdown(available));
}

async function appendOutputs(
  path: string,
  { outcome: { value }, summary }: CiReport,
  warn: (message: string) => void,
): Promise<void> {
  const size = await checkedSize(path);
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
  await appendToFile(path, separator + text);
}

/**
 * Returns the size of a file, or 0 if there is none. Throws for a pipe, because opening it would
 * wait for a reader.
 */
async function checkedSize(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info !== undefined && !info.isFile) throw new Error("it is not a regular file");
  return info?.size ?? 0;
}
