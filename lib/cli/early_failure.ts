import { asFailure } from "../errors.ts";
import { failedStartEvents } from "../run/failed_start.ts";
import { parseLeniently } from "./args.ts";
import { checkDistinctFiles } from "./conflicts.ts";
import { addEnvironment } from "./environment.ts";
import { type HostInfo, inspectHost } from "./host.ts";
import { type CommandLine, getWorkspaces, isVariable, type Options } from "./command_line.ts";
import { type Format, FORMATS } from "./options.ts";
import { createOutputRedactor } from "./redaction.ts";
import { ciSettings, type RenderSettings, reportPaths } from "./render_settings.ts";
import { createRunRenderer, type RunRenderer } from "./run_renderer.ts";
import { SignalError } from "./signals.ts";

/** A command that failed before a run could report it. */
export interface FailedCommand {
  /** The arguments as they were typed. */
  readonly args: readonly string[];
  /** Undefined if inspecting the host failed. */
  readonly host: HostInfo | undefined;
}

/**
 * Reports an error everywhere a run would: on stderr, as events on stdout, in the report files, and
 * to CI.
 *
 * @returns the exit code
 */
export async function reportEarlyFailure(error: unknown, failed: FailedCommand): Promise<number> {
  const host = failed.host ?? inspectHost({ isLenient: true });
  const renderer = await createFailureRenderer(parseValidOptions(failed.args, host), host);
  const failure = asFailure(error);
  if (failure.kind === "internal" && isDebug(failed.args, host)) renderer.printStack(error);
  const signal = error instanceof SignalError ? error.signal : undefined;
  return await renderer.render(failedStartEvents({ failure, cwd: failed.host?.cwd, signal }));
}

/** Parses the valid options of a command line and an environment that may be invalid. */
function parseValidOptions(args: readonly string[], host: HostInfo): CommandLine {
  const commandLine = parseLeniently(args);
  try {
    return addEnvironment(commandLine, host.env).commandLine;
  } catch {
    return commandLine; // An invalid variable may be the cause.
  }
}

function isDebug(args: readonly string[], { env }: HostInfo): boolean {
  return args.some((arg) => arg.startsWith("--debug")) || env["CCRUN_DEBUG"] === "1";
}

/** Creates a renderer for a run that did not start. */
async function createFailureRenderer(
  commandLine: CommandLine,
  host: HostInfo,
): Promise<RunRenderer> {
  const { command, options } = commandLine;
  const isRun = command === "run" || command === "replay";
  const { ci, redact } = ciSettings(options, host);
  const settings: RenderSettings = {
    ci,
    redact,
    format: isRun ? requestedFormat(options) : "text",
    answer: "all",
    progress: false,
    partial: false,
    color: false,
    files: {},
    workspaces: getWorkspaces(options, host.cwd),
    failOnDenied: false,
    debug: false,
  };
  const redactor = await createOutputRedactor(settings, commandLine, host);
  if (!isRun) return await createRunRenderer({ settings, host, redactor });
  const files = { ...reportPaths(options, host, ci), output: undefined };
  try {
    await checkDistinctFiles(commandLine, host);
    return await createRunRenderer({ settings: { ...settings, files }, host, redactor });
  } catch {
    // One of the files may be the cause.
    const ciFiles = { ...files, result: undefined, summary: undefined };
    return await createRunRenderer({ settings: { ...settings, files: ciFiles }, host, redactor });
  }
}

/** Returns the format that valid or conflicting options request. Text prints no failure. */
function requestedFormat(options: Options): Format {
  if (options.has("json")) return "json";
  const format = options.get("format");
  if (options.has("quiet") && isVariable(format?.source)) return "text";
  return FORMATS.find((name) => name === format?.values[0]) ?? "text";
}
