import { finalEvents } from "../run/final_events.ts";
import { createEventFactory, type RunEvent, SCHEMA_ID } from "../events.ts";
import { RunState } from "../run/run_state.ts";
import { asFailure, type Failure } from "../errors.ts";
import { escapeLine } from "../ci/escape_commands.ts";
import { stringifySafe } from "../util/safe_json.ts";
import { gatherResult, resultText } from "../render/result.ts";
import { createBufferedWriter } from "../terminal/buffered_writer.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import { VERSION } from "../version.ts";
import type { HostInfo } from "./host.ts";
import { createLog } from "../ci/create_log.ts";
import { logRedactor } from "./log_redactor.ts";
import { addEnvironment, type CommandLine, readableOptions } from "./args.ts";
import { createReportWriter, type ReportWriter } from "./report_files.ts";
import { checkFiles, reportSettings } from "./validate.ts";
import { SignalError } from "./signals.ts";

/** What is known of a command line that could not be carried out. */
export interface FailedCommand {
  readonly args: readonly string[];
  /** Undefined when there was no telling where it is. */
  readonly edge: HostInfo | undefined;
}

/** Says what went wrong before a run could say it itself, everywhere a run would, and gives the exit code. */
export async function reportEarlyFailure(error: unknown, failed: FailedCommand): Promise<number> {
  const { args, edge } = failed;
  const failure = asFailure(error);
  const line = readableLine(failed);
  const stderr = createBufferedWriter(Deno.stderr);
  // stderr is what a CI log has.
  const redactor = edge && logRedactor(reportSettings(line.options, edge), edge.env);
  const clean = (text: string) => redactor?.text(text) ?? text;
  const say = (text: string) =>
    stderr.write(`ccrun: ${escapeLine(sanitizeLine(clean(text)), false)}\n`);
  const annotation = annotationOf(withoutSecrets(failure, clean), line, edge);
  if (annotation !== undefined) {
    // The runner shows it in the log, too.
    stderr.write(annotation);
  } else {
    say(`error: ${failure.message}`);
    if (failure.hint !== undefined) say(failure.hint);
  }
  const wantsStack = failure.kind === "internal" &&
    (args.some((arg) => arg.startsWith("--debug")) || edge?.env["CCRUN_DEBUG"] === "1");
  if (wantsStack && error instanceof Error) stderr.write(`${clean(error.stack ?? "")}\n`);
  await stderr.flush();
  let code = 0;
  const format = askedFormat(line);
  const reports = await reportsOf(line, edge, say);
  const stdout = createBufferedWriter(Deno.stdout);
  const gathered = gatherResult();
  for (const event of failureEvents(failure, edge)) {
    gathered.event(event);
    if (event.type === "exit") {
      code = event.code;
      await reports?.finish(event);
    } else {
      reports?.event(event);
    }
    if (format === "json") stdout.write(`${stringifySafe(event)}\n`);
    if (format === "raw" && event.type !== "start") {
      stdout.write(`${stringifySafe({ source: "ccrun", ...event })}\n`);
    }
  }
  if (format === "result" && gathered.value !== undefined) {
    stdout.write(resultText(gathered.value));
  }
  await stderr.flush();
  await stdout.flush();
  return code;
}

/** A failure whose words have passed through a function. */
function withoutSecrets(failure: Failure, clean: (text: string) => string): Failure {
  const { kind, message, hint } = failure;
  return { kind, message: clean(message), ...(hint === undefined ? {} : { hint: clean(hint) }) };
}

/** What can be read of a command line that may be wrong, and of its environment. */
function readableLine({ args, edge }: FailedCommand): CommandLine {
  const line = readableOptions(args);
  try {
    return edge === undefined ? line : { ...line, options: addEnvironment(line, edge.env).options };
  } catch {
    // A variable is wrong: perhaps that is what is to be reported.
    return line;
  }
}

/** The format in which failures are told on stdout, too, where one is asked for. */
function askedFormat({ command, options }: CommandLine): string | undefined {
  // The others' JSON is no events.
  if (command !== "run" && command !== "replay") return undefined;
  if (options.has("json")) return "json";
  const isQuiet = options.has("quiet") && options.get("format")?.source.startsWith("CCRUN_");
  return isQuiet ? undefined : options.get("format")?.values[0];
}

/** What tells it to a CI system that shows failures beside its log. */
function annotationOf(
  { kind, message, hint }: Failure,
  { options }: CommandLine,
  edge: HostInfo | undefined,
): string | undefined {
  if (edge === undefined) return undefined;
  const why = [`ccrun: ${sanitizeLine(message)}`];
  if (hint !== undefined) why.push(sanitizeLine(hint));
  const log = createLog(reportSettings(options, edge).ci, edge.env);
  return log?.fail({ title: `ccrun: ${kind}`, message: why.join("\n") });
}

/** How long a file may take to be opened: a named pipe that nobody reads would take for ever. */
const OPENS_WITHIN_MS = 1000;

/** What is written at the end also of a run that did not come about, as far as that can be. */
async function reportsOf(
  { command, options }: CommandLine,
  edge: HostInfo | undefined,
  tell: (text: string) => void,
): Promise<ReportWriter | undefined> {
  if (edge === undefined || command !== "run" && command !== "replay") return undefined;
  // Nothing has an answer.
  const settings = { ...reportSettings(options, edge), output: undefined };
  try {
    // That two options name one file may be what is wrong: then it stays as it was.
    await checkFiles(options, edge);
  } catch {
    settings.result = settings.summary = undefined;
  }
  const opening = createReportWriter({ settings, host: edge, warn: tell }).catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, OPENS_WITHIN_MS, undefined);
  });
  const reports = await Promise.race([opening, late]);
  clearTimeout(timer);
  return reports;
}

/** The events of a run that did not come about: start, error, exit. */
function* failureEvents(failure: Failure, edge: HostInfo | undefined): Generator<RunEvent> {
  const stamp = createEventFactory(() => 0);
  const time = new Date().toISOString();
  yield stamp({
    type: "start",
    schema: SCHEMA_ID,
    ccrun: VERSION,
    time,
    claude: null,
    cwd: edge?.cwd ?? null,
  });
  const known = failure instanceof SignalError
    ? { stopped: { cause: { failure, signal: failure.signal }, afterResult: false } }
    : { failed: failure };
  yield* finalEvents(stamp, { facts: new RunState(), known, durationMs: 0 });
}
