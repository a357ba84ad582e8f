import { escapeLine } from "../ci/escape_commands.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import { type InheritedState, readInheritedState } from "../process/inherited_state.ts";
import { type HostInfo, withOutputStreams } from "./host.ts";
import { helpText } from "./help.ts";
import { type Command, COMMANDS } from "./options.ts";
import { addEnvironment, type CommandLine, usageError } from "./args.ts";
import { print } from "./print.ts";
import { checkValues } from "./validate.ts";
import { listenToSignals, type Signals } from "./signals.ts";

/** What is known when a command begins. */
export interface CommandContext {
  /** The arguments, as they were given. */
  readonly args: readonly string[];
  readonly edge: HostInfo;
  /** What was inherited, for a command that signals can stop. */
  readonly inherited?: Promise<InheritedState> | undefined;
}

/**
 * Carries out a command and gives the exit code. Each command is loaded when it is asked for.
 *
 * @throws {CcrunError} `usage` for what is wrong with the command line
 */
export async function dispatch(line: CommandLine, beginning: CommandContext): Promise<number> {
  const { command } = line;
  const { edge } = beginning;
  if (line.passthrough.length > 0 && command !== "run") {
    throw usageError(
      `ccrun ${command} starts no claude: nothing can follow --`,
      `see: ccrun help ${command}`,
    );
  }
  const { options, warnings } = addEnvironment(line, edge.env);
  checkValues(options);
  for (const warning of warnings) {
    console.error(`ccrun: warning: ${escapeLine(sanitizeLine(warning), false)}`);
  }
  switch (command) {
    case "run": {
      const { runCommand } = await import("./commands/run.ts");
      return await stoppable(
        (signals, edge) => runCommand(line, options, edge, signals),
        beginning,
      );
    }
    case "replay": {
      const { replayCommand } = await import("./commands/replay.ts");
      return await stoppable(
        (signals, edge) => replayCommand(line, options, edge, signals),
        beginning,
      );
    }
    case "doctor": {
      takeNoArguments(line);
      const { doctorCommand } = await import("./commands/doctor.ts");
      return await stoppable((signals, edge) => doctorCommand(options, edge, signals), beginning);
    }
    case "sessions": {
      takeNoArguments(line);
      const { sessionsText } = await import("./commands/sessions.ts");
      return await print(await sessionsText(options, edge));
    }
    case "completions": {
      const { completionsText } = await import("./commands/completions.ts");
      return await print(completionsText(line.positionals));
    }
    case "schema": {
      takeNoArguments(line);
      const { eventSchema } = await import("../json_schema.ts");
      return await print(`${JSON.stringify(eventSchema(), null, 2)}\n`);
    }
    case "help":
      return await print(helpText(helpTopic(line)));
  }
}

/** Carries out a command that signals can stop. */
async function stoppable(
  command: (signals: Signals, edge: HostInfo) => Promise<number>,
  beginning: CommandContext,
): Promise<number> {
  const { args, edge } = beginning;
  const inherited = await (beginning.inherited ?? readInheritedState());
  const signals = listenToSignals(inherited);
  const report = async (error: unknown) => {
    const { reportEarlyFailure } = await import("./early_failure.ts");
    return await reportEarlyFailure(error, { args, edge });
  };
  return await signals.finish(
    await command(signals, withOutputStreams(edge, inherited.output)).catch(report),
  );
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
