import { resolve } from "@std/path/resolve";
import { type CiSystem, defaultSummaryPath, detectCiSystem, isCi } from "../ci/detect.ts";
import { resolveFormat } from "./conflicts.ts";
import type { HostInfo } from "./host.ts";
import { getPath, getSwitch, getText, getWorkspaces, type Options } from "./command_line.ts";
import { type Format, isPageFormat, printsAnswer } from "./options.ts";
import type { AnswerScope } from "../run/answer.ts";
import type { ReportPaths } from "./report_files.ts";

/** How to render a run or a replay. */
export interface RenderSettings {
  /** What stdout carries. */
  readonly format: Format;
  /** Which turns the answer consists of. */
  readonly answer: AnswerScope;
  /** Whether stderr shows progress. */
  readonly progress: boolean;
  /** Whether text is shown while it is generated. */
  readonly partial: boolean;
  /** Whether stderr has colors. */
  readonly color: boolean;
  /** The files to write when the run is over. */
  readonly files: ReportPaths;
  /** The directories that the path of a file in them must not leave. */
  readonly workspaces: readonly string[];
  /** The CI system that runs ccrun. */
  readonly ci: CiSystem;
  /** Whether to redact what CI publishes: summary, annotations, outputs, log. */
  readonly redact: boolean;
  /** Whether a denied tool call fails the run. */
  readonly failOnDenied: boolean;
  /** Whether to print diagnostics. */
  readonly debug: false | "sizes" | "content";
}

/** Returns how to render a run. @throws {CcrunError} `usage` for a conflict */
export function renderSettings(options: Options, host: HostInfo): RenderSettings {
  const format = resolveFormat(options);
  const progress = showsProgress(options);
  const { ci, redact } = ciSettings(options, host);
  // A page is made to be shown to others.
  const redactsPage = isPageFormat(format) && (getSwitch(options, "redact") ?? true);
  // Some CI systems provide a terminal, but no person watches it.
  const isWatched = progress && host.isTerminal.stderr && printsAnswer(format) && ci === "none";
  return {
    format,
    answer: getText(options, "answer") === "last" ? "last" : "all",
    progress,
    partial: getSwitch(options, "partial") ?? isWatched,
    color: usesColor(options, host),
    files: reportPaths(options, host, ci),
    workspaces: getWorkspaces(options, host.cwd),
    ci,
    redact: redact || redactsPage,
    failOnDenied: getSwitch(options, "fail-on-denied") ?? false,
    debug: debugLevel(options),
  };
}

/** Returns whether stderr shows progress. @throws {CcrunError} `usage` for a conflict */
export function showsProgress(options: Options): boolean {
  return getSwitch(options, "progress") ?? resolveFormat(options) === "pretty";
}

/** Returns the settings for CI. They are valid even if other options are not. */
export function ciSettings(
  options: Options,
  { env }: HostInfo,
): Pick<RenderSettings, "ci" | "redact"> {
  const ci = detectCiSystem(getText(options, "ci"), env);
  return { ci, redact: getSwitch(options, "redact") ?? (ci !== "none" || isCi(env)) };
}

/** Returns the files to write when a run is over. They are valid even if other options are not. */
export function reportPaths(
  options: Options,
  { cwd, env }: HostInfo,
  ci: CiSystem,
): ReportPaths {
  const githubFile = (variable: string) => {
    const path = ci === "github" ? env[variable] : undefined;
    return path ? resolve(cwd, path) : undefined;
  };
  const summary = outputPath(options, "summary", cwd);
  const stepSummary = githubFile("GITHUB_STEP_SUMMARY");
  return {
    output: outputPath(options, "output", cwd),
    result: outputPath(options, "result", cwd),
    // The summary of the step is appended to, not replaced.
    summary: summary === stepSummary ? undefined : summary,
    artifact: summary === undefined ? defaultSummaryPath(ci, env) : undefined,
    stepSummary,
    stepOutputs: githubFile("GITHUB_OUTPUT"),
  };
}

/** Returns the path of a file to write, or undefined for a value that validation rejects. */
function outputPath(options: Options, name: string, cwd: string): string | undefined {
  const value = getText(options, name)?.trim();
  return value === "-" || value === "" ? undefined : getPath(options, name, cwd);
}

/** Returns whether to use colors on a stream. */
export function usesColor(
  options: Options,
  host: HostInfo,
  stream: "stdout" | "stderr" = "stderr",
): boolean {
  const when = getText(options, "color");
  if (when === "always") return true;
  if (when === "never") return false;
  if (host.env["NO_COLOR"]) return false;
  const force = host.env["FORCE_COLOR"];
  if (force) return force !== "0" && force !== "false";
  return host.isTerminal[stream] && host.env["TERM"] !== "dumb";
}

function debugLevel(options: Options): RenderSettings["debug"] {
  if (getSwitch(options, "debug-raw")) return "content";
  return getSwitch(options, "debug") ? "sizes" : false;
}
