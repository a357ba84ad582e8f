/**
 * What the shells complete, derived from the table of options.
 *
 * @module
 */

import {
  type Command,
  COMMAND_PURPOSES,
  COMMANDS,
  HELP_TOPICS,
  SCHEMA_NAMES,
  SHELLS,
} from "../commands.ts";
import type { OptionSpec } from "../option_spec.ts";
import { optionsOf, withDashes } from "../options.ts";

/**
 * How to complete a value: as one of these words, as a kind of name, or (`text`) not at all. The
 * workspace is the directory whose sessions are completed. A source is a file or a session.
 */
export type Completion =
  | readonly string[]
  | "file"
  | "dir"
  | "workspace"
  | "session"
  | "source"
  | "text";

/** A value to complete. */
export interface CompletableValue {
  readonly name: string;
  readonly completion: Completion;
}

/** An option to complete. */
export interface CompletableOption {
  /** All spellings that ccrun accepts, with dashes. */
  readonly spellings: readonly string[];
  /** The value. A switch has none. */
  readonly value?: CompletableValue | undefined;
  readonly isRepeatable: boolean;
  readonly help: string;
}

/** What can be completed after a command. */
export interface CompletionContext {
  readonly name: Command;
  readonly help: string;
  readonly options: readonly CompletableOption[];
  /** The positional argument. */
  readonly argument?: CompletableValue | undefined;
}

const ARGUMENTS: { readonly [C in Command]?: CompletableValue } = {
  run: { name: "prompt", completion: "text" },
  replay: { name: "SOURCE", completion: "source" },
  schema: { name: "NAME", completion: SCHEMA_NAMES },
  completions: { name: "SHELL", completion: SHELLS },
  help: { name: "TOPIC", completion: [...COMMANDS, ...HELP_TOPICS] },
};

/** The contexts of the commands. After `--`, a shell completes files. */
export const COMMAND_CONTEXTS: readonly CompletionContext[] = COMMANDS.map((name) => ({
  name,
  help: COMMAND_PURPOSES[name],
  options: optionsOf(name).flatMap(completableOptions),
  argument: ARGUMENTS[name],
}));

/** Returns an option, and its `--no-` form if it has one. */
function completableOptions(spec: OptionSpec): CompletableOption[] {
  const { name, short, aliases = [], isNegatable, isRepeatable = false, help } = spec;
  const names = [name, ...(short === undefined ? [] : [short]), ...aliases];
  const option = {
    spellings: names.map(withDashes),
    value: valueOf(spec),
    isRepeatable,
    help,
  };
  if (!isNegatable) return [option];
  return [option, { spellings: [`--no-${name}`], isRepeatable, help: `turn off --${name}` }];
}

function valueOf(
  { name, valueName, isValueOptional, choices, suggestions }: OptionSpec,
): CompletableValue | undefined {
  if (valueName === undefined || isValueOptional) return undefined;
  if (name === "cwd") return { name: valueName, completion: "workspace" };
  return { name: valueName, completion: choices ?? suggestions ?? completionOf(valueName) };
}

/** Returns how to complete a value with this name. */
function completionOf(valueName: string): Completion {
  const names = valueName.split("|");
  if (names.includes("FILE") || names.includes("PATH")) return "file";
  if (names.includes("DIR")) return "dir";
  return names.includes("ID") ? "session" : "text";
}
