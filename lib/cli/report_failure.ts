import { endingEvents } from "../ending.ts";
import { makeStamp, type RunEvent, SCHEMA_ID } from "../events.ts";
import { Facts } from "../facts.ts";
import type { Failure } from "../outcome.ts";
import { inert } from "../output/inert.ts";
import { inertJson } from "../output/inert_json.ts";
import { gatherResult, resultText } from "../output/result.ts";
import { makeSink } from "../output/sink.ts";
import { visibleLine } from "../output/visible.ts";
import { asFailure } from "../run.ts";
import { VERSION } from "../version.ts";
import { ciLog } from "./ci.ts";
import type { Edge } from "./edge.ts";
import { addEnvironment, type CommandLine, readableOptions } from "./parse.ts";
import { makeReports, type Reports } from "./reports.ts";
import { reportSettings } from "./settings.ts";
import { SignalError } from "./signals.ts";

/** What is known of a command line that could not be carried out. */
export interface FailedCommand {
  readonly args: readonly string[];
  /** Undefined when there was no telling where it is. */
  readonly edge: Edge | undefined;
}

/** Says what went wrong before a run could say it itself, everywhere a run would, and gives the exit code. */
export async function reportFailure(error: unknown, failed: FailedCommand): Promise<number> {
  const { args, edge } = failed;
  const failure = asFailure(error);
  const line = readableLine(failed);
  const stderr = makeSink(Deno.stderr);
  // stderr is what a CI log has.
  const say = (text: string) => stderr.write(`ccrun: ${inert(visibleLine(text), false)}\n`);
  stderr.write(annotationOf(failure, line, edge));
  say(`error: ${failure.message}`);
  if (failure.hint !== undefined) say(failure.hint);
  const wantsStack = failure.kind === "internal" &&
    (args.some((arg) => arg.startsWith("--debug")) || edge?.env["CCRUN_DEBUG"] === "1");
  if (wantsStack && error instanceof Error) stderr.write(`${error.stack}\n`);
  await stderr.drained();
  let code = 0;
  const format = askedFormat(line);
  const reports = await reportsOf(line, edge, say);
  const stdout = makeSink(Deno.stdout);
  const gathered = gatherResult();
  for (const event of failureEvents(failure, edge)) {
    gathered.event(event);
    if (event.type === "exit") {
      code = event.code;
      await reports?.finish(event);
    } else {
      reports?.event(event);
    }
    if (format === "json") stdout.write(`${inertJson(event)}\n`);
    if (format === "raw" && event.type !== "start") {
      stdout.write(`${inertJson({ source: "ccrun", ...event })}\n`);
    }
  }
  if (format === "result" && gathered.value !== undefined) {
    stdout.write(resultText(gathered.value));
  }
  reports?.discard();
  await stderr.drained();
  await stdout.drained();
  return code;
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

/** The same for a CI system that shows failures beside its log. */
function annotationOf(failure: Failure, { options }: CommandLine, edge: Edge | undefined): string {
  if (edge === undefined) return "";
  const log = ciLog(reportSettings(options, edge).ci, edge.env);
  const { kind, message } = failure;
  return log?.fail({ title: `ccrun: ${kind}`, message }) ?? "";
}

/** What is written at the end also of a run that did not come about, as far as that can be. */
async function reportsOf(
  { command, options }: CommandLine,
  edge: Edge | undefined,
  tell: (text: string) => void,
): Promise<Reports | undefined> {
  if (edge === undefined || command !== "run" && command !== "replay") return undefined;
  // Nothing has an answer.
  const settings = { ...reportSettings(options, edge), output: undefined };
  return await makeReports({ settings, edge, tell }).catch(() => undefined);
}

/** The events of a run that did not come about: start, error, exit. */
function* failureEvents(failure: Failure, edge: Edge | undefined): Generator<RunEvent> {
  const stamp = makeStamp(() => 0);
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
  yield* endingEvents(stamp, { facts: new Facts(), known, durationMs: 0 });
}
