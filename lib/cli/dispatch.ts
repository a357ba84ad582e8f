import { readInheritedState } from "../process/inherited_state.ts";
import { parseCommandLine } from "./args.ts";
import type { Command } from "./commands.ts";
import type { CommandLine } from "./command_line.ts";
import { reportEarlyFailure } from "./early_failure.ts";
import { addEnvironment } from "./environment.ts";
import { createCopyDetector } from "./forwarded_signals.ts";
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
  if (typed.options.has("version") || typed.options.has("help")) {
    const { infoText } = await loadHelp();
    return await print(infoText(typed));
  }
  if (!RUNNING_CLAUDE.has(typed.command)) rejectPassthrough(typed);
  if (typed.command !== args[0]) rejectMistypedCommand(typed);
  const { commandLine, warnings } = addEnvironment(typed, host.env);
  checkValues(commandLine.options, commandLine.command);
  for (const warning of warnings) printMessage(`warning: ${warning}`);
  const runStoppable = (loading: Promise<StoppableCommand>) =>
    runWithSignals(loading, commandLine, { args, host });
  switch (commandLine.command) {
    case "run":
      return await runStoppable(import("./commands/run.ts").then((run) => run.runCommand));
    case "batch":
      return await runStoppable(import("./commands/batch.ts").then((batch) => batch.batchCommand));
    case "replay":
      return await runStoppable(
        import("./commands/replay.ts").then((replay) => replay.replayCommand),
      );
    case "serve":
      rejectArguments(commandLine);
      return await runStoppable(import("./commands/serve.ts").then((serve) => serve.serveCommand));
    case "doctor":
      rejectArguments(commandLine);
      return await runStoppable(
        import("./commands/doctor.ts").then((doctor) => doctor.doctorCommand),
      );
    case "sessions":
      rejectArguments(commandLine);
      return await runStoppable(
        import("./commands/sessions.ts").then((sessions) => sessions.sessionsCommand),
      );
    case "completions": {
      const { completionsText } = await import("./commands/completions.ts");
      return await print(completionsText(commandLine.positionals));
    }
    case "schema": {
      const { schemaText } = await import("./commands/schema.ts");
      return await print(schemaText(commandLine.positionals));
    }
    case "help": {
      const { helpText } = await loadHelp();
      return await print(helpText(commandLine.positionals, host));
    }
  }
}

/** The commands that pass arguments on to claude. */
const RUNNING_CLAUDE: ReadonlySet<Command> = new Set(["run", "batch", "serve"]);

const loadHelp = () => import("./commands/help.ts");

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
  const signals = new SignalHandler(inherited, Deno, createCopyDetector(host.env));
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
