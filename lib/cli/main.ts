import { eventSchema } from "../events.ts";
import { EXIT_CODES } from "../outcome.ts";
import { inert } from "../output/inert.ts";
import { makeSink } from "../output/sink.ts";
import { visibleLine } from "../output/visible.ts";
import { lookAtInheritance } from "../process/inherited.ts";
import { completionsText } from "./completions.ts";
import { doctorCommand } from "./doctor_command.ts";
import { type Edge, lookAtEdge } from "./edge.ts";
import { helpText, versionText } from "./help.ts";
import { type Command, COMMANDS } from "./options.ts";
import { addEnvironment, type CommandLine, parseCommandLine, usageError } from "./parse.ts";
import { replayCommand } from "./replay_command.ts";
import { reportFailure } from "./report_failure.ts";
import { runCommand } from "./run_command.ts";
import { sessionsText } from "./sessions_command.ts";
import { checkValues } from "./settings.ts";
import { stdoutFailure } from "./show.ts";
import { listenToSignals, type Signals } from "./signals.ts";

/**
 * ccrun: arguments in, exit code out.
 *
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  let edge: Edge | undefined;
  const report = (error: unknown) => reportFailure(error, { args, edge });
  try {
    edge = lookAtEdge(args[0] === "doctor");
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
    throw usageError(
      `ccrun ${command} starts no claude: nothing can follow --`,
      `see: ccrun help ${command}`,
    );
  }
  const { options, warnings } = addEnvironment(line, edge.env);
  checkValues(options);
  for (const warning of warnings) {
    console.error(`ccrun: warning: ${inert(visibleLine(warning), false)}`);
  }
  switch (command) {
    case "run":
      return await stoppable((signals) => runCommand(line, options, edge, signals), report);
    case "replay":
      return await stoppable((signals) => replayCommand(line, options, edge, signals), report);
    case "doctor":
      takeNoArguments(line);
      return await stoppable((signals) => doctorCommand(options, edge, signals), report);
    case "sessions":
      takeNoArguments(line);
      return await print(await sessionsText(options, edge));
    case "completions":
      return await print(completionsText(line.positionals));
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
    throw usageError(
      `ccrun ${command} takes no arguments`,
      `see: ccrun help ${command}; to send it as a prompt: ccrun run ${command} ...`,
    );
  }
}

function helpTopic({ positionals }: CommandLine): Command {
  const [topic = "run"] = positionals;
  const command = COMMANDS.find((name) => name === topic);
  if (command === undefined || positionals.length > 1) {
    throw usageError(
      `there is no help on ${positionals.join(" ")}`,
      `name one of ${COMMANDS.join(", ")}; to send it as a prompt: ccrun run help ...`,
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
