import { resolve } from "@std/path/resolve";
import { parseDuration } from "../util/duration.ts";
import type { Command } from "./commands.ts";
import { VARIABLE_PREFIX } from "./option_spec.ts";

/** A parsed command line. */
export interface CommandLine {
  readonly command: Command;
  readonly positionals: readonly string[];
  readonly options: Options;
  /** The arguments after `--`, which go to claude. */
  readonly passthrough: readonly string[];
}

/** The options by name. */
export type Options = ReadonlyMap<string, OptionValue>;

/** The value of an option, and where it comes from. */
export interface OptionValue {
  /** The values in order. A switch has `1` or `0`. */
  readonly values: readonly string[];
  /** The spelling or variable that set it, such as `--model`, `-f`, or `CCRUN_MODEL`. */
  readonly source: string;
}

/** Returns the value of an option. */
export function getText(options: Options, name: string): string | undefined {
  return options.get(name)?.values[0];
}

/** Returns whether a switch is on, or undefined if it is not set. */
export function getSwitch(options: Options, name: string): boolean | undefined {
  const value = getText(options, name);
  return value === undefined ? undefined : value === "1";
}

/** Returns the value of an option as a number. */
export function getNumber(options: Options, name: string): number | undefined {
  const value = getText(options, name);
  return value === undefined ? undefined : Number(value);
}

/** Returns the value of an option as milliseconds. */
export function getDuration(options: Options, name: string): number | undefined {
  const value = getText(options, name);
  return value === undefined ? undefined : parseDuration(value);
}

/** Returns the value of an option as an absolute path. */
export function getPath(options: Options, name: string, cwd: string): string | undefined {
  const path = getText(options, name);
  return path === undefined ? undefined : resolve(cwd, path);
}

/** Returns the absolute path of the workspace. */
export function getWorkspace(options: Options, cwd: string): string {
  return getPath(options, "cwd", cwd) ?? cwd;
}

/** Returns the directories in which an author or an agent may have put links. */
export function getWorkspaces(options: Options, cwd: string): readonly string[] {
  const added = options.get("add-dir")?.values ?? [];
  return [cwd, getWorkspace(options, cwd), ...added.map((path) => resolve(cwd, path))];
}

/** Returns whether a source of an option is an environment variable. */
export function isVariable(source: string | undefined): boolean {
  return source?.startsWith(VARIABLE_PREFIX) ?? false;
}
