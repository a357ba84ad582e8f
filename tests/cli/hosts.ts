/**
 * What ccrun finds around it, made up: for tests of what it makes of its options.
 *
 * @module
 */

import type { HostInfo } from "../../lib/cli/host.ts";
import { addEnvironment, type OptionValue, parseCommandLine } from "../../lib/cli/args.ts";
import { checkValues } from "../../lib/cli/validate.ts";

/** An edge with no terminal and an empty environment, but for what a test says. */
export function makeEdge(
  from: {
    env?: { [name: string]: string };
    terminals?: readonly ("stdin" | "stdout" | "stderr")[];
    cwd?: string;
  } = {},
): HostInfo {
  const { env = {}, terminals = [], cwd = "/home/dev" } = from;
  return {
    env,
    cwd,
    isTerminal: {
      stdin: terminals.includes("stdin"),
      stdout: terminals.includes("stdout"),
      stderr: terminals.includes("stderr"),
    },
    stdoutIsFile: () => Promise.resolve(false),
    streamsAreOne: () => Promise.resolve(false),
    columns: () => undefined,
  };
}

/** The options that arguments and an environment give, checked one by one. */
export function optionsOf(
  args: readonly string[],
  env: { [name: string]: string } = {},
): ReadonlyMap<string, OptionValue> {
  const { options } = addEnvironment(parseCommandLine(args), env);
  checkValues(options);
  return options;
}
