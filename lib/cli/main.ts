import { eventSchema, makeStamp, type RunEvent, SCHEMA_ID } from "../events.ts";
import { EXIT_CODES, type Failure } from "../outcome.ts";
import { endingEvents } from "../ending.ts";
import { Facts } from "../facts.ts";
import { inert } from "../output/inert.ts";
import { inertJson } from "../output/inert_json.ts";
import { makeSink } from "../output/sink.ts";
import { visibleLine } from "../output/visible.ts";
import { lookAtInheritance } from "../process/inherited.ts";
import { asFailure } from "../run.ts";
import { VERSION } from "../version.ts";
import { type Edge, lookAtEdge } from "./edge.ts";
import { helpText, versionText } from "./help.ts";
import { type Command, COMMANDS } from "./options.ts";
import {
  addEnvironment,
  type CommandLine,
  parseCommandLine,
  readableOptions,
  usageError,
} from "./parse.ts";
import { replayCommand } from "./replay_command.ts";
import { runCommand } from "./run_command.ts";
import { checkValues } from "./settings.ts";
import { stdoutFailure } from "./show.ts";
import { listenToSignals, SignalError, type Signals } from "./signals.ts";

/**
 * ccrun: arguments in, exit code out.
 *
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  let edge: Edge | undefined;
  const report = (error: unknown) => reportFailure(error, args, edge);
  try {
    edge = lookAtEdge();
    return await dispatch(parseCommandLine(args), edge, report);
  } catch (error) {
    return await report(error);
  }
}

/** Says what went wrong, and gives the exit code. */
type Report = (error: unknown) => Promise<number>;

async function dispatch(line: CommandLine, edge: Edge, report: Report): Promise<number> {
  const { command } = line;
  if (line.options.has("version")) return await print(versionText());
  if (line.options.has("help")) return await print(helpText(command));
  if (line.rest.length > 0 && command !== "run") {
    throw usageError(`ccrun ${command} starts no claude: nothing can follow --`);
  }
  const { options, warnings } = addEnvironment(line, edge.env);
  checkValues(options);
  for (const warning of warnings) console.error(`ccrun: warning: ${visibleLine(warning)}`);
  switch (command) {
    case "run":
      return await stoppable((signals) => runCommand(line, options, edge, signals), report);
    case "replay":
      return await stoppable((signals) => replayCommand(line, options, edge, signals), report);
    case "schema":
      takeNoArguments(line);
      return await print(`${JSON.stringify(eventSchema(), null, 2)}\n`);
    case "help":
      return await print(helpText(helpTopic(line)));
  }
}

/** Carries out a command that signals can stop. */
async function stoppable(
  command: (signals: Signals) => Promise<number>,
  report: Report,
): Promise<number> {
  const signals = listenToSignals(await lookAtInheritance());
  return await signals.decided(await command(signals).catch(report));
}

function takeNoArguments({ command, positionals }: CommandLine): void {
  if (positionals.length > 0) {
    throw usageError(`ccrun ${command} takes no arguments`, `see: ccrun help ${command}`);
  }
}

function helpTopic({ positionals }: CommandLine): Command {
  const [topic = "run"] = positionals;
  const command = COMMANDS.find((name) => name === topic);
  if (command === undefined || positionals.length > 1) {
    throw usageError(
      `there is no help on ${positionals.join(" ")}`,
      `ccrun help [${COMMANDS.join("|")}]`,
    );
  }
  return command;
}

/** Prints a text on stdout and gives the exit code. */
async function print(text: string): Promise<number> {
  const sink = makeSink(Deno.stdout);
  sink.write(text);
  await sink.drained();
  if (sink.failure === undefined) return EXIT_CODES.success;
  const { kind, message } = stdoutFailure(sink.failure);
  if (kind !== "pipe") console.error(`ccrun: error: ${message}`);
  return EXIT_CODES[kind];
}

/** Whether events are asked for, as far as a command line that may be wrong tells. */
function asksForEvents(
  args: readonly string[],
  edge: Edge | undefined,
): "json" | "raw" | undefined {
  const options = readableOptions(args);
  if (options.has("json")) return "json";
  const isGiven = options.has("format") || options.has("quiet");
  const format = isGiven ? options.get("format")?.values[0] : edge?.env["CCRUN_FORMAT"];
  return format === "json" || format === "raw" ? format : undefined;
}

/** Says what went wrong before a run could say it itself, and gives the exit code. */
async function reportFailure(
  error: unknown,
  args: readonly string[],
  edge: Edge | undefined,
): Promise<number> {
  const failure = asFailure(error);
  const stderr = makeSink(Deno.stderr);
  // stderr is what a CI log has.
  const say = (text: string) => stderr.write(`ccrun: ${inert(visibleLine(text), false)}\n`);
  say(`error: ${failure.message}`);
  if (failure.hint !== undefined) say(failure.hint);
  const wantsStack = failure.kind === "internal" &&
    (args.some((arg) => arg.startsWith("--debug")) || edge?.env["CCRUN_DEBUG"] === "1");
  if (wantsStack && error instanceof Error) stderr.write(`${error.stack}\n`);
  await stderr.drained();
  let code = 0;
  const format = asksForEvents(args, edge);
  const stdout = makeSink(Deno.stdout);
  for (const event of failureEvents(failure, edge)) {
    if (event.type === "exit") code = event.code;
    if (format === "json") stdout.write(`${inertJson(event)}\n`);
    if (format === "raw" && event.type !== "start") {
      stdout.write(`${inertJson({ source: "ccrun", ...event })}\n`);
    }
  }
  await stdout.drained();
  return code;
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
