import { resolve } from "@std/path";
import type { EventOf, RunEvent } from "../events.ts";
import { describeWriteError } from "../util/file_errors.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import type { Failure } from "../errors.ts";
import { answerOf } from "../render/text.ts";
import { githubOutputs } from "../ci/github_outputs.ts";
import { gatherResult, resultText, type RunResult } from "../render/result.ts";
import { createSummary } from "../ci/summary.ts";
import { type AtomicFile, openAtomicFile, replaceFile } from "../util/atomic_file.ts";
import type { Redactor } from "../redact/redactor.ts";
import { defaultSummary } from "../ci/detect.ts";
import type { HostInfo } from "./host.ts";
import { createRedactor } from "../redact/redactor.ts";
import type { RenderSettings } from "./settings.ts";

/** What is written when a run is over: the answer, the summary, the result, what a CI system takes. */
export interface ReportFiles {
  /** Takes an event, but for the last one. */
  event(event: RunEvent): void;
  /**
   * Writes everything.
   *
   * @returns the last events: the `exit`, and before it the `error` where something could not be
   * written
   */
  finish(exit: EventOf<"exit">): Promise<RunEvent[]>;
  /** Gives up. Is called at every kind of end. */
  discard(): void;
}

/** What {@linkcode createReportFiles} needs of the settings. */
export type ReportSettings = Pick<
  RenderSettings,
  "output" | "result" | "summary" | "ci" | "redact"
>;

/** Options of {@linkcode createReportFiles}. */
export interface ReportFilesOptions {
  settings: ReportSettings;
  edge: HostInfo;
  /** Says what a person should know. */
  tell: (line: string) => void;
  /** Takes secrets out. @default {one of its own, where the settings ask for it} */
  redactor?: Redactor | undefined;
}

/** What the summary of a step may have in GitHub Actions, in bytes: one that has more is not shown at all. */
const MAX_STEP_SUMMARY_BYTES = 1024 * 1024;

/** Below this a summary is not worth to be begun, in bytes. */
const LEAST_SUMMARY_BYTES = 4096;

/**
 * Prepares what is written at the end.
 *
 * @throws {CcrunError} `usage` when a file that an option names cannot be written
 */
export async function createReportFiles(options: ReportFilesOptions): Promise<ReportFiles> {
  const { settings, edge, tell } = options;
  const { ci } = settings;
  const isGitHub = ci === "github";
  const stepSummary = isGitHub ? fileIn(edge, "GITHUB_STEP_SUMMARY") : undefined;
  const outputs = isGitHub ? fileIn(edge, "GITHUB_OUTPUT") : undefined;
  const open = async (option: string, path: string | undefined): Promise<Target | undefined> =>
    path === undefined ? undefined : { option, path, file: await openAtomicFile(path, option) };
  // The step's own summary is not replaced, but added to.
  const summaryPath = settings.summary === stepSummary ? undefined : settings.summary;
  // Nobody asked for this one: whether it can be written changes nothing.
  const artifact = settings.summary === undefined ? defaultSummary(ci, edge.env) : undefined;
  const redactor = options.redactor ?? (settings.redact ? createRedactor(edge.env) : undefined);
  const hasSummary = [summaryPath, stepSummary, artifact].some((path) => path !== undefined);
  const report = hasSummary ? createSummary({ home: edge.env["HOME"] ?? "" }) : undefined;
  const answer = await open("--output", settings.output);
  const result = await open("--result", settings.result);
  const summary = await open("--summary", summaryPath);
  const gathered = gatherResult();
  const take = (event: RunEvent) => {
    gathered.event(event);
    if (report === undefined || event.type === "text_delta" || event.type === "thinking_delta") {
      return;
    }
    report.event(redactor?.event(event) ?? event);
  };

  return {
    event: take,
    async finish(exit) {
      let last: RunEvent[] = [exit];
      /** Writes a file; that it cannot be written becomes a good run's failure. */
      const write = async (target: Target | undefined, text: () => string) => {
        if (target === undefined) return;
        try {
          await target.file.write(text());
        } catch (error) {
          const message = `cannot write ${target.option} ${target.path}: ${
            describeWriteError(error)
          }`;
          if (last.at(-1)?.type === "exit" && exit.ok && last.length === 1) {
            last = failedBy({ kind: "failed", message }, exit);
          } else {
            tell(`warning: ${message}`);
          }
        }
      };
      const writeResult = () => {
        for (const event of last) gathered.event(event);
        const { value } = gathered;
        return write(result, () => value === undefined ? "" : resultText(value));
      };
      const answered = gathered.last;
      if (exit.ok && answered !== null) await write(answer, () => answerOf(answered));
      // What may still fail comes first, so that all tell of the same outcome.
      await writeResult();
      const known = last;
      for (const event of last) take(event);
      await write(summary, () => report?.markdown() ?? "");
      if (last !== known) {
        for (const event of last) take(event);
        await writeResult();
      }
      if (artifact !== undefined && report !== undefined) {
        const page = report.markdown();
        await unasked("the summary", artifact, tell, () => replaceFile(artifact, page));
      }
      if (stepSummary !== undefined) {
        await addTo(stepSummary, "the step summary", tell, (size) => {
          // What is there may not end its line, or its block.
          const begin = size > 0 ? "\n\n" : "";
          const room = MAX_STEP_SUMMARY_BYTES - size - begin.length;
          if (room < LEAST_SUMMARY_BYTES || report === undefined) return undefined;
          return begin + report.markdown(room);
        });
      }
      const { value } = gathered;
      if (outputs !== undefined && value !== undefined) {
        await addTo(outputs, "the step's outputs", tell, () => outputsOf(value, redactor, tell));
      }
      return last;
    },
    discard() {
      for (const target of [answer, result, summary]) target?.file.discard();
    },
  };
}

/** A file that an option names. */
interface Target {
  readonly option: string;
  readonly path: string;
  readonly file: AtomicFile;
}

/** The path that a variable of the environment names, absolute. */
function fileIn(edge: HostInfo, name: string): string | undefined {
  const path = edge.env[name];
  return path ? resolve(edge.cwd, path) : undefined;
}

/** Replaces an `exit` by the failure that came after it. */
function failedBy(failure: Failure, exit: EventOf<"exit">): RunEvent[] {
  const { seq, time_ms } = exit;
  return [
    { type: "error", seq, time_ms, error: failure },
    { ...exit, seq: seq + 1, code: EXIT_CODES[failure.kind], reason: failure.kind, ok: false },
  ];
}

/** What GitHub Actions takes as outputs of the step. What is left out is said. */
function outputsOf(
  value: RunResult,
  redactor: Redactor | undefined,
  tell: (line: string) => void,
): string {
  const { exit } = value;
  const result = value.result && (redactor?.event(value.result) ?? value.result);
  const { text, warnings } = githubOutputs({
    result: result?.type === "result" ? result : undefined,
    exit,
    newline: Deno.build.os === "windows" ? "\r\n" : "\n",
  });
  for (const warning of warnings) tell(`warning: ${warning}`);
  return text;
}

/** Writes what a CI system gets without being asked for. That this does not work is said, and no more. */
async function unasked(
  what: string,
  path: string,
  tell: (line: string) => void,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    tell(`warning: cannot write ${what} ${path}: ${describeWriteError(error)}`);
  }
}

/**
 * Adds to a file that the CI system gave.
 *
 * @param text gives what is to be added, told how large the file is, in bytes; undefined for nothing
 */
async function addTo(
  path: string,
  what: string,
  tell: (line: string) => void,
  text: (size: number) => string | undefined,
): Promise<void> {
  await unasked(what, path, tell, async () => {
    const info = await Deno.stat(path).catch(() => undefined);
    // To open a pipe that nobody reads takes for ever.
    if (info !== undefined && !info.isFile) throw new Error("it is no file");
    const added = text(info?.size ?? 0);
    if (added === undefined) return tell(`warning: ${what} is full: nothing was added`);
    await Deno.writeTextFile(path, added, { append: true });
  });
}
