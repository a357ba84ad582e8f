import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { CcrunError } from "../errors.ts";
import {
  CLAUDE_OPTIONS,
  type Command,
  COMMANDS,
  OPTIONS,
  type OptionSpec,
  OWNED_OPTIONS,
  RESERVED_COMMANDS,
} from "./options.ts";
import { type OptionToken, splitArguments } from "./tokens.ts";
import type { Env } from "../util/env.ts";

/** A value, and where it was given, for messages: `--model`, `CCRUN_MODEL`. */
export interface OptionValue {
  /** The values, in their order; a switch has `1` or `0`. */
  values: string[];
  /** The option or variable that gave them. */
  source: string;
}

/** A command line that has been read. */
export interface CommandLine {
  /** The command. */
  command: Command;
  /** What is no option. */
  positionals: string[];
  /** What is given, by option name. */
  options: Map<string, OptionValue>;
  /** What follows `--`. */
  passthrough: string[];
}

/** A wrong command line. */
export function usageError(message: string, hint = "see: ccrun --help"): CcrunError {
  return new CcrunError("usage", message, hint);
}

interface Name {
  spec: OptionSpec;
  /** For a switch: what this spelling sets it to. */
  sets: "1" | "0";
}

/** All spellings of all options. */
function makeNames(): Map<string, Name> {
  const names = new Map<string, Name>();
  for (const spec of OPTIONS) {
    const spellings = [spec.name, ...(spec.short ? [spec.short] : []), ...(spec.aliases ?? [])];
    for (const name of spellings) names.set(name, { spec, sets: "1" });
    if (spec.isNegatable) names.set(`no-${spec.name}`, { spec, sets: "0" });
  }
  return names;
}

const NAMES = makeNames();

/** Reads the arguments. @throws {CcrunError} `usage`, naming what is wrong */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const command = commandOf(args[0]);
  const isExplicit = command !== undefined;
  const { tokens, rest } = splitArguments(args.slice(isExplicit ? 1 : 0), takesValue);
  const line: CommandLine = {
    command: command ?? "run",
    positionals: [],
    options: new Map(),
    passthrough: [...rest],
  };
  for (const token of tokens) {
    if (token.kind === "positional") line.positionals.push(token.value);
    else takeOption(line, token);
  }
  for (const arg of line.passthrough) checkRest(arg, line.options);
  return line;
}

/**
 * Reads what can be read of arguments that are wrong: the options that are right.
 * So it is known how to say what is wrong with the others.
 */
export function readableOptions(args: readonly string[]): CommandLine {
  const command = COMMANDS.find((name) => name === args[0]);
  const line: CommandLine = {
    command: command ?? "run",
    positionals: [],
    options: new Map(),
    passthrough: [],
  };
  const { tokens } = splitArguments(args.slice(command === undefined ? 0 : 1), takesValue);
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    try {
      takeOption(line, token);
    } catch {
      // That one is wrong.
    }
  }
  return line;
}

/** Whether an option has a value. A letter after two dashes takes none but with a =. */
function takesValue(rawName: string): boolean {
  if (/^--.$/.test(rawName)) return false;
  return NAMES.get(rawName.replace(/^--?/, ""))?.spec.value !== undefined;
}

function commandOf(word: string | undefined): Command | undefined {
  if (word !== undefined && RESERVED_COMMANDS.includes(word)) {
    throw usageError(
      `${word} is a command that this version does not have yet`,
      `to send it as a prompt: ccrun run ${word} ...`,
    );
  }
  return COMMANDS.find((command) => command === word);
}

function takeOption(line: CommandLine, { rawName, value, isInline }: OptionToken): void {
  const found = NAMES.get(rawName.replace(/^--?/, ""));
  if (found === undefined) throw unknownOption(rawName, line.command);
  const { spec, sets } = found;
  if (!spec.commands.includes(line.command)) {
    throw usageError(`ccrun ${line.command} has no ${rawName}`, `see: ccrun help ${line.command}`);
  }
  if (spec.value === undefined) {
    if (value !== undefined) {
      const off = spec.isNegatable && sets === "1" ? `, to turn it off: --no-${spec.name}` : "";
      throw usageError(`${rawName} takes no value`, `to turn it on: ${rawName}${off}`);
    }
    setOption(line, spec, sets, rawName);
    return;
  }
  if (value === undefined) {
    throw usageError(
      `${rawName} needs a value: ${rawName} ${spec.value}`,
      `${rawName}: ${spec.help}`,
    );
  }
  if (!isInline && !spec.isAnyText && looksLikeOption(value)) {
    const isText = spec.kind === undefined && spec.choices === undefined;
    throw usageError(
      `${rawName} needs a value, but the option ${value} follows`,
      isText && rawName.startsWith("--")
        ? `give one: ${rawName} ${spec.value}; or if ${value} is meant: ${rawName}=${value}`
        : `give one: ${rawName} ${spec.value}`,
    );
  }
  if (isInline && !rawName.startsWith("--") && value.startsWith("=") && !spec.isAnyText) {
    throw usageError(
      `${rawName} takes its value without =`,
      `write: ${rawName} ${value.slice(1) || spec.value}, or --${spec.name}${value}`,
    );
  }
  setOption(line, spec, value, rawName);
}

function looksLikeOption(value: string): boolean {
  return value.startsWith("--") && NAMES.has(value.slice(2).split("=", 1)[0] ?? "");
}

function setOption(line: CommandLine, spec: OptionSpec, value: string, source: string): void {
  const before = line.options.get(spec.name);
  if (before !== undefined && spec.isList) before.values.push(value);
  // The last one counts, so that an alias's options can be overridden.
  else line.options.set(spec.name, { values: [value], source });
}

function unknownOption(rawName: string, command: Command): CcrunError {
  const instead = Object.hasOwn(OWNED_OPTIONS, rawName) ? OWNED_OPTIONS[rawName] : undefined;
  if (instead !== undefined) return usageError(`${rawName} is claude's option`, instead);
  if (rawName === "-=") {
    return usageError("a switch of one letter takes no value", "write it without = and a value");
  }
  const names = OPTIONS.filter((spec) => spec.commands.includes(command)).flatMap((spec) => [
    spec.name,
    ...(spec.isNegatable ? [`no-${spec.name}`] : []),
  ]);
  const name = rawName.replace(/^-+/, "");
  const nearest = nearestName(name, names);
  const see = command === "run" ? "see: ccrun --help" : `see: ccrun help ${command}`;
  const hint = offHint(name, command) ?? (nearest ? `did you mean --${nearest}?` : see);
  return usageError(
    `unknown option ${rawName}`,
    // No other command starts a claude.
    command !== "run"
      ? hint
      : `${hint}${hint === see ? "." : ""} Options for claude itself go after --`,
  );
}

/** What is meant by `--no-` before an option that has no such form. */
function offHint(name: string, command: Command): string | undefined {
  const spec = name.startsWith("no-") ? NAMES.get(name.slice("no-".length))?.spec : undefined;
  if (spec === undefined || !spec.commands.includes(command)) return undefined;
  return spec.kind === "duration"
    ? `did you mean --${spec.name} 0?`
    : `leave --${spec.name} out for that.`;
}

/** The name that was probably meant; undefined where none is near. */
function nearestName(name: string, names: readonly string[]): string | undefined {
  // A single letter is near to everything.
  if (name.length < 2) return undefined;
  const nearest = closestString(name, names);
  const half = Math.max(name.length, nearest.length) / 2;
  return levenshteinDistance(name, nearest) <= half ? nearest : undefined;
}

/** What follows `--` is claude's: what it does not know, or is given already, is a mistake. */
function checkRest(arg: string, options: ReadonlyMap<string, OptionValue>): void {
  const name = arg.split("=", 1)[0] ?? "";
  const option = name === "-p" ? "--print" : name;
  const instead = Object.hasOwn(OWNED_OPTIONS, option) ? OWNED_OPTIONS[option] : undefined;
  if (instead !== undefined) {
    throw usageError(`${name} cannot be given after --`, instead);
  }
  const spec = name.startsWith("--") ? NAMES.get(name.slice(2))?.spec : undefined;
  if (spec === undefined) return;
  // claude has --fork-session, and not this.
  if (!CLAUDE_OPTIONS.has(spec.name) || name === "--fork") {
    throw usageError(`${name} is ccrun's own option`, "put it before the --");
  }
  if (spec.name === "settings" && options.has("plans-dir")) {
    throw usageError(
      "--plans-dir and --settings after -- contradict each other",
      "put --settings before the --",
    );
  }
  const given = options.get(spec.name);
  if (given !== undefined && !spec.isList) {
    throw usageError(`${name} is given on both sides of --`, "give it once, before the --");
  }
}

/** What is read from the environment. */
export interface FromEnvironment {
  /** The command line's options and, where it has none, the environment's. */
  options: Map<string, OptionValue>;
  /** What is odd about the environment. */
  warnings: string[];
}

const PREFIX = "CCRUN_";

/** Variables that begin with CCRUN_ and are no options. */
const OTHER_VARIABLES = /^CCRUN_(RUNS|TEST_\w+)$/;

/**
 * Adds the options that the environment gives; one that is given as an option wins.
 *
 * @throws {CcrunError} `usage` for a switch that is neither 1 nor 0
 */
export function addEnvironment(
  line: CommandLine,
  env: Env,
): FromEnvironment {
  const options = new Map(line.options);
  const warnings: string[] = [];
  const specs = new Map(OPTIONS.filter((spec) => spec.env).map((spec) => [spec.env, spec]));
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || OTHER_VARIABLES.test(name)) continue;
    const spec = specs.get(name);
    if (spec === undefined) {
      const known = [...specs.keys()].map((key) => key?.slice(PREFIX.length) ?? "");
      warnings.push(`unknown variable ${name}; ${meaningOf(name.slice(PREFIX.length), known)}`);
      continue;
    }
    if (value === "" || options.has(spec.name) || !spec.commands.includes(line.command)) continue;
    if (spec.value === undefined && value !== "1" && value !== "0") {
      throw usageError(
        `${name} must be 1 or 0, not ${JSON.stringify(value)}`,
        `set ${name}=1, or unset it`,
      );
    }
    const values = spec.isList ? value.split("\n").filter((item) => item !== "") : [value];
    options.set(spec.name, { values, source: name });
  }
  return { options, warnings };
}

/** What is probably meant by a variable that is none, and what becomes of it. */
function meaningOf(name: string, known: readonly string[]): string {
  if (name === "JSON") return `did you mean ${PREFIX}FORMAT=json?`;
  if (name === "QUIET") return `did you mean ${PREFIX}FORMAT=text?`;
  const option = OPTIONS.find((spec) => spec.name === name.toLowerCase().replaceAll("_", "-"));
  if (option !== undefined) return `it has no effect: give the option --${option.name}`;
  const nearest = nearestName(name, known);
  return nearest === undefined ? "it has no effect" : `did you mean ${PREFIX}${nearest}?`;
}
