import { parseArgs } from "@std/cli/parse-args";
import type { CcrunError } from "../errors.ts";
import { COMMANDS } from "./commands.ts";
import type { CommandLine, OptionValue } from "./command_line.ts";
import { tokenizeOptions } from "./option_tokens.ts";
import { OPTIONS } from "./options.ts";
import { checkPassthrough } from "./passthrough.ts";

/** Parses the arguments. @throws {CcrunError} `usage` for the first invalid one */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const commandLine = parse(args, (error) => {
    throw error;
  });
  for (const arg of commandLine.passthrough) checkPassthrough(arg, commandLine.options);
  return commandLine;
}

/** Parses the valid options and skips the others, to report an error in the requested format. */
export function parseLeniently(args: readonly string[]): CommandLine {
  return parse(args, () => {});
}

/** Returns the key of an option. parseArgs strips a leading `no-`, even from `--no-stdin=1`. */
function parseArgsKey(name: string): string {
  return name.replace(/^no-/, "");
}

const PARSE_ARGS_KEYS = OPTIONS.map(({ name }) => parseArgsKey(name));

function parse(args: readonly string[], onError: (error: CcrunError) => void): CommandLine {
  const command = COMMANDS.find((name) => name === args[0]);
  const { tokens, spellings, passthrough } = tokenizeOptions(
    command === undefined ? args : args.slice(1),
    command ?? "run",
    onError,
  );
  const parsed = parseArgs(tokens, { string: [...PARSE_ARGS_KEYS, "_"], collect: PARSE_ARGS_KEYS });
  const options = new Map<string, OptionValue>();
  for (const { name, isRepeatable } of OPTIONS) {
    const source = spellings.get(name);
    if (source === undefined) continue;
    const values = parsed[parseArgsKey(name)] as string[];
    // The last value wins, so that an option overrides the same option in a shell alias.
    options.set(name, { values: isRepeatable ? values : values.slice(-1), source });
  }
  return {
    command: command ?? "run",
    positionals: parsed._,
    options,
    passthrough,
  };
}
