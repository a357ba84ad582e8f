import { resolve } from "@std/path/resolve";
import type { Options } from "./command_line.ts";
import type { OptionSpec } from "./option_spec.ts";
import { OPTIONS } from "./options.ts";

/** Returns the arguments for claude that pass on the options that ccrun does nothing with. */
export function passedOnArguments(options: Options, cwd: string): string[] {
  return OPTIONS.filter(({ isPassedOn }) => isPassedOn).flatMap((spec) =>
    (options.get(spec.name)?.values ?? []).map((value) => argumentOf(spec, value, cwd))
  );
}

function argumentOf(spec: OptionSpec, value: string, cwd: string): string {
  const { name, valueName, isValueOptional } = spec;
  if (valueName === undefined) return value === "0" ? `--no-${name}` : `--${name}`;
  if (isValueOptional && value === "") return `--${name}`;
  const isPath = valueName === "FILE" || valueName === "DIR";
  return `--${name}=${isPath ? resolve(cwd, value) : value}`;
}
