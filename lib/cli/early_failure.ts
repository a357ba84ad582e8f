import type { CiSystem } from "../ci/detect.ts";
import { escapeLine } from "../terminal/escape_commands.ts";
import { createCiLog } from "../ci/log.ts";
import { asFailure, type Failure } from "../errors.ts";
import { createEventFactory, type RunEvent, startBody } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { gatherResult, resultText } from "../render/result.ts";
import { finalEvents } from "../run/final_events.ts";
import { RunState } from "../run/run_state.ts";
import { createBufferedWriter } from "../terminal/buffered_writer.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import { stringifySafe } from "../util/safe_json.ts";
import { type CommandLine, parseLeniently } from "./args.ts";
import { checkFiles } from "./conflicts.ts";
import { addEnvironment } from "./environment.ts";
import type { HostInfo } from "./host.ts";
import { logRedactor } from "./log_redactor.ts";
import { isVariable } from "./option_values.ts";
import { createReportWriter, type ReportWriter } from "./report_files.ts";
import { reportSettings } from "./settings.ts";
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
  const line = readLine(failed);
  const failure = asFailure(error);
  const stderr = createBufferedWriter(Deno.stderr);
  const settings = failed.host && reportSettings(line.options, failed.host);
  const redactor = failed.host && settings && logRedactor(settings, failed.host.env);
  const clean = (text: string) => sanitizeLine(redactor?.text(text) ?? text);
  const print = (text: string) => stderr.write(`ccrun: ${escapeLine(clean(text), false)}\n`);

  const annotation = annotationOf(failure, clean, settings?.ci);
  if (annotation !== undefined) {
    // GitHub shows the annotation in the log, too.
    stderr.write(annotation);
  } else {
    print(`error: ${failure.message}`);
    if (failure.hint !== undefined) print(failure.hint);
  }
  if (failure.kind === "internal" && isDebug(failed) && error instanceof Error) {
    for (const frame of (error.stack ?? "").split("\n")) print(frame);
  }
  await stderr.flush();

  const events = [...failureEvents(failure, failed.host)];
  await writeReports(events, line, failed.host, print);
  await stderr.flush();
  await printEvents(events, requestedFormat(line));
  return EXIT_CODES[failure.kind];
}

/** Parses the valid options of a command line that may be invalid. */
function readLine({ args, host }: FailedCommand): CommandLine {
  const line = parseLeniently(args);
  if (host === undefined) return line;
  try {
    return { ...line, options: addEnvironment(line, host.env).options };
  } catch {
    return line; // An invalid variable may be the failure.
  }
}

/** Returns the annotation for a CI system that shows failures beside its log. */
function annotationOf(
  { kind, message, hint }: Failure,
  clean: (text: string) => string,
  ci: CiSystem = "none",
): string | undefined {
  const lines = [`ccrun: ${clean(message)}`, ...(hint === undefined ? [] : [clean(hint)])];
  return createCiLog(ci)?.fail({
    title: `ccrun: ${kind}`,
    message: lines.join("\n"),
  });
}

function isDebug({ args, host }: FailedCommand): boolean {
  return args.some((arg) => arg.startsWith("--debug")) || host?.env["CCRUN_DEBUG"] === "1";
}

/** Returns the format of stdout if the command prints failures there. */
function requestedFormat({ command, options }: CommandLine): string | undefined {
  if (command !== "run" && command !== "replay") return undefined;
  if (options.has("json")) return "json";
  const format = options.get("format");
  if (options.has("quiet") && isVariable(format?.source)) return undefined;
  return format?.values[0];
}

/** Returns the events of a run that did not start: start, error, exit. */
function* failureEvents(failure: Failure, host: HostInfo | undefined): Generator<RunEvent> {
  const createEvent = createEventFactory(() => 0);
  const time = new Date().toISOString();
  yield createEvent(startBody({ time, claude: null, cwd: host?.cwd ?? null }));
  const signal = failure instanceof SignalError ? failure.signal : undefined;
  yield* finalEvents(createEvent, { state: new RunState(), failure, signal, durationMs: 0 });
}

async function printEvents(events: readonly RunEvent[], format: string | undefined): Promise<void> {
  const stdout = createBufferedWriter(Deno.stdout);
  const result = gatherResult();
  for (const event of events) {
    result.event(event);
    if (format === "json") stdout.write(`${stringifySafe(event)}\n`);
    if (format === "raw" && event.type !== "start") {
      stdout.write(`${stringifySafe({ source: "ccrun", ...event })}\n`);
    }
  }
  if (format === "result" && result.value !== undefined) stdout.write(resultText(result.value));
  await stdout.flush();
}

async function writeReports(
  events: readonly RunEvent[],
  line: CommandLine,
  host: HostInfo | undefined,
  warn: (text: string) => void,
): Promise<void> {
  const reports = await openReports(line, host, warn);
  if (reports === undefined) return;
  for (const event of events) {
    if (event.type === "exit") await reports.finish(event);
    else reports.event(event);
  }
}

/** Opens the report files, or returns undefined if they cannot be opened. */
async function openReports(
  { command, options }: CommandLine,
  host: HostInfo | undefined,
  warn: (text: string) => void,
): Promise<ReportWriter | undefined> {
  if (host === undefined || command !== "run" && command !== "replay") return undefined;
  // There is no answer to write.
  const settings = { ...reportSettings(options, host), output: undefined };
  try {
    await checkFiles(options, host);
  } catch {
    // Two options name the same file, which must not change.
    settings.result = settings.summary = undefined;
  }
  try {
    return await createReportWriter({ settings, host, warn });
  } catch {
    return undefined;
  }
}
