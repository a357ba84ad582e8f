import { eventSchema } from "../json_schema.ts";
import { readInheritedState } from "../process/inherited_state.ts";
import { parseCommandLine } from "./args.ts";
import type { CommandLine } from "./command_line.ts";
import { COMMANDS, HELP_TOPICS } from "./commands.ts";
import { reportEarlyFailure } from "./early_failure.ts";
import { addEnvironment } from "./environment.ts";
import { fullHelp, shortHelp, topicText, versionText } from "./help.ts";
import type { HostInfo } from "./host.ts";
import { rejectMistypedCommand } from "./mistyped_command.ts";
import { print, printMessage } from "./print.ts";
import { SignalHandler } from "./signals.ts";
import { usageError } from "./usage_error.ts";
import { checkValues } from "./validate.ts";

/**
 * Runs the command of the arguments.
 *
 * @returns the exit code
 * @throws {CcrunError} `usage` for an invalid command line
 */
export async function dispatch(args: readonly string[], host: HostInfo): Promise<number> {
  const typed = parseCommandLine(args);
  const info = requestedInfo(typed);
  if (info !== undefined) return await print(info);
  if (typed.command !== "run") rejectPassthrough(typed);
  if (typed.command !== args[0]) rejectMistypedCommand(typed);
  const { commandLine, warnings } = addEnvironment(typed, host.env);
  checkValues(commandLine.options);
  for (const warning of warnings) printMessage(`warning: ${warning}`);
  const runStoppable = (loading: Promise<StoppableCommand>) =>
    runWithSignals(loading, commandLine, { args, host });
  switch (commandLine.command) {
    case "run":
      return await runStoppable(import("./commands/run.ts").then((run) => run.runCommand));
    case "replay":
      return await runStoppable(
        import("./commands/replay.ts").then((replay) => replay.replayCommand),
      );
    case "doctor":
      rejectArguments(commandLine);
      return await runStoppable(
        import("./commands/doctor.ts").then((doctor) => doctor.doctorCommand),
      );
    case "sessions": {
      rejectArguments(commandLine);
      const { sessionsText } = await import("./commands/sessions.ts");
      return await print(await sessionsText(commandLine.options, host));
    }
    case "completions": {
      const { completionsText } = await import("./commands/completions.ts");
      return await print(completionsText(commandLine.positionals));
    }
    case "schema":
      rejectArguments(commandLine);
      return await print(`${JSON.stringify(eventSchema(), null, 2)}\n`);
    case "help":
      return await print(helpFor(commandLine.positionals, host));
  }
}

/** Returns what `--version`, `-h` or `--help` prints, or undefined without them. */
function requestedInfo({ command, options }: CommandLine): string | undefined {
  if (options.has("version")) return versionText();
  const help = options.get("help");
  if (help === undefined) return undefined;
  return help.source === "-h" ? shortHelp(command) : fullHelp(command);
}

/** A command that signals can stop. */
type StoppableCommand = (
  commandLine: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
) => Promise<number>;

/** Runs a command, which is loaded while the inherited state is read. */
async function runWithSignals(
  loading: Promise<StoppableCommand>,
  commandLine: CommandLine,
  { args, host }: { readonly args: readonly string[]; readonly host: HostInfo },
): Promise<number> {
  // Before everything else, because Deno resets ignored signals soon after the start.
  const [inherited, command] = await Promise.all([readInheritedState(), loading]);
  const signals = new SignalHandler(inherited);
  const code = await command(commandLine, { ...host, streams: inherited.streams }, signals)
    .catch((error) => reportEarlyFailure(error, { args, host }));
  return await signals.finish(code);
}

function rejectPassthrough({ command, passthrough }: CommandLine): void {
  if (passthrough.length === 0) return;
  throw usageError(
    `ccrun ${command} does not run claude, so it takes no arguments after --`,
    `see: ccrun help ${command}`,
  );
}

function rejectArguments({ command, positionals }: CommandLine): void {
  if (positionals.length === 0) return;
  throw usageError(
    `ccrun ${command} takes no arguments`,
    `see: ccrun help ${command}; to send it as a prompt: ccrun run ${command} ...`,
  );
}

/** Returns the help for the arguments of `ccrun help`. */
function helpFor(names: readonly string[], { isTerminal }: HostInfo): string {
  const [name = "run"] = names;
  const command = COMMANDS.find((command) => command === name);
  const topic = HELP_TOPICS.find((topic) => topic === name);
  if (names.length <= 1 && command !== undefined) return fullHelp(command);
  if (names.length <= 1 && topic !== undefined) {
    return topicText(topic, { markdown: !isTerminal.stdout });
  }
  throw usageError(
    `no help on ${names.join(" ")}`,
    `use one of ${[...COMMANDS, ...HELP_TOPICS].join(", ")}; ` +
      "to send it as a prompt: ccrun run help ...",
  );
}
