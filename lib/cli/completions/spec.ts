/**
 * What a shell can complete of a command line: read from the one table of options.
 *
 * @module
 */

import { PURPOSE } from "../help.ts";
import {
  CLAUDE_OPTIONS,
  type Command,
  COMMANDS,
  OPTIONS,
  type OptionSpec,
  SHELLS,
} from "../options.ts";

/** How a value is completed: as one of some words, as what there is of a kind, or not at all. */
export type Completion = readonly string[] | "file" | "dir" | "session" | "text";

/** An option as it is completed. */
export interface CompletableOption {
  /** Its spellings that are offered, with their dashes: the long one first. */
  readonly offered: readonly string[];
  /** All its spellings. */
  readonly spellings: readonly string[];
  /** What its value is called, and how it is completed; a switch has none. */
  readonly value?: { readonly name: string; readonly completion: Completion };
  /** It may be given several times. */
  readonly isList: boolean;
  /** What it does, in a line. */
  readonly help: string;
}

/** A command as it is completed. */
export interface CompletableCommand {
  /** Its name; `rest` stands for what follows `--`, which is claude's. */
  readonly name: Command | "rest";
  /** What it does, in a line. */
  readonly help: string;
  /** Its options. */
  readonly options: readonly CompletableOption[];
  /** Its arguments, where it has some: a prompt is a text. */
  readonly argument?: { readonly name: string; readonly completion: Completion } | undefined;
}

const ARGUMENTS: { readonly [C in Command]?: CompletableCommand["argument"] } = {
  run: { name: "prompt", completion: "text" },
  replay: { name: "FILE", completion: "file" },
  completions: { name: "SHELL", completion: SHELLS },
  help: { name: "COMMAND", completion: COMMANDS },
};

/** All commands, and last what may follow `--`. */
export const COMPLETABLE: readonly CompletableCommand[] = [
  ...COMMANDS.map((name) => ({
    name,
    help: PURPOSE[name],
    options: OPTIONS.filter(({ commands }) => commands.includes(name)).flatMap(completable),
    argument: ARGUMENTS[name],
  })),
  {
    name: "rest",
    help: "options for claude itself",
    options: OPTIONS.filter(({ name }) => CLAUDE_OPTIONS.has(name)).map(ofClaude),
    argument: { name: "value", completion: "file" },
  },
];

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** An option, and where it can be turned off the one that does it. */
function completable(spec: OptionSpec): CompletableOption[] {
  const { name, short, aliases = [], isNegatable = false, isList = false, help } = spec;
  const offered = short === undefined ? [name] : [name, short];
  const option = {
    offered: offered.map(dashed),
    spellings: [...offered, ...aliases].map(dashed),
    isList,
    help,
    ...valueOf(spec),
  };
  if (!isNegatable) return [option];
  const off = [`--no-${name}`];
  return [option, { offered: off, spellings: off, isList, help: `turn off --${name}` }];
}

/** One of claude's own options, as claude spells it. */
function ofClaude(spec: OptionSpec): CompletableOption {
  const spellings = [dashed(spec.name === "fork" ? "fork-session" : spec.name)];
  const { isList = false, help } = spec;
  return { offered: spellings, spellings, isList, help, ...valueOf(spec) };
}

function valueOf(spec: OptionSpec): Pick<CompletableOption, "value"> {
  const { value, choices, suggestions } = spec;
  if (value === undefined) return {};
  return { value: { name: value, completion: choices ?? suggestions ?? kindOf(value) } };
}

/** How a value is completed, by what it is called. */
function kindOf(value: string): Completion {
  const names = value.split("|");
  if (names.includes("FILE") || names.includes("PATH")) return "file";
  if (names.includes("DIR")) return "dir";
  return names.includes("ID") ? "session" : "text";
}
