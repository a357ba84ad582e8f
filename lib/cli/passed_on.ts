import { resolve } from "@std/path/resolve";
import { describeReadError } from "../util/file_errors.ts";
import { PASSED_ON_OPTIONS } from "./claude_options.ts";
import type { Options } from "./command_line.ts";
import type { OptionSpec } from "./option_spec.ts";
import { usageError } from "./usage_error.ts";

/**
 * Returns the arguments for claude that pass on the options of {@linkcode PASSED_ON_OPTIONS}.
 *
 * @throws {CcrunError} `usage` for a directory that does not exist, which claude would ignore
 */
export async function passedOnArguments(options: Options, cwd: string): Promise<string[]> {
  const args: string[] = [];
  for (const spec of PASSED_ON_OPTIONS) {
    const { values = [], source = "" } = options.get(spec.name) ?? {};
    for (const value of values) {
      if (spec.valueName === "DIR") await checkExists(resolve(cwd, value), source);
      args.push(...argumentsOf(spec, value, cwd));
    }
  }
  return args;
}

async function checkExists(path: string, source: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch (error) {
    throw usageError(
      `cannot read ${source} ${path}: ${describeReadError(error)}`,
      "correct the path",
    );
  }
}

function argumentsOf(spec: OptionSpec, value: string, cwd: string): string[] {
  const { name, valueName, isValueOptional, isNegatable } = spec;
  if (valueName === undefined && value === "0") return isNegatable ? [`--no-${name}`] : [];
  if (valueName === undefined) return [`--${name}`];
  if (isValueOptional && value === "") return [`--${name}`];
  // 2.0.25 ignores `--setting-sources=LIST`.
  if (name === "setting-sources") return [`--${name}`, value];
  const isPath = valueName === "FILE" || valueName === "DIR";
  return [`--${name}=${isPath ? resolve(cwd, value) : value}`];
}
