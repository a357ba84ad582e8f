/**
 * Fake hosts, and the options of a command line.
 *
 * @module
 */

import { addEnvironment } from "../../lib/cli/environment.ts";
import { parseCommandLine } from "../../lib/cli/args.ts";
import type { CommandLine, Options } from "../../lib/cli/command_line.ts";
import type { HostInfo } from "../../lib/cli/host.ts";
import { checkValues } from "../../lib/cli/validate.ts";

/** What a fake host has. By default, it has no terminal and an empty environment. */
export interface FakeHost {
  env?: { [name: string]: string };
  terminals?: readonly ("stdin" | "stdout" | "stderr")[];
  cwd?: string;
  stdinIsDevice?: boolean;
}

/** Creates a fake host. */
export function makeHost(from: FakeHost = {}): HostInfo {
  const { env = {}, terminals = [], cwd = "/home/dev", stdinIsDevice = false } = from;
  return {
    env,
    cwd,
    isTerminal: {
      stdin: terminals.includes("stdin"),
      stdout: terminals.includes("stdout"),
      stderr: terminals.includes("stderr"),
    },
    streams: {
      stdinIsDevice,
      stdoutIsFile: false,
      stdoutIsNonBlocking: false,
      stdoutAndStderrShareTarget: false,
    },
    columns: () => undefined,
    rows: () => undefined,
  };
}

/** Returns the validated command line of arguments and an environment. */
export function commandLineOf(
  args: readonly string[],
  env: { [name: string]: string } = {},
): CommandLine {
  const { commandLine } = addEnvironment(parseCommandLine(args), env);
  checkValues(commandLine.options, commandLine.command);
  return commandLine;
}

/** Returns the validated options of arguments and an environment. */
export function optionsOf(args: readonly string[], env: { [name: string]: string } = {}): Options {
  return commandLineOf(args, env).options;
}
