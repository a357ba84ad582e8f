import { resolve } from "@std/path/resolve";
import { parseDuration } from "../util/duration.ts";
import type { OptionValue } from "./args.ts";

/** The options of a command line, by name. */
export type Options = ReadonlyMap<string, OptionValue>;

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

/** Returns whether a source of an option is an environment variable. */
export function isVariable(source: string | undefined): boolean {
  return source?.startsWith("CCRUN_") ?? false;
}
