import { resolve } from "@std/path/resolve";
import type { Options } from "./command_line.ts";
import type { OptionSpec } from "./option_spec.ts";
import { OPTIONS } from "./options.ts";

/** Returns the arguments for claude that pass on the options that ccrun does nothing with. */
export function passedOnArguments(options: Options, cwd: string): string[] {
  return OPTIONS.filter(({ isPassedOn }) => isPassedOn).flatMap((spec) =>
    (options.get(spec.name)?.values ?? []).flatMap((value) => argumentsOf(spec, value, cwd))
  );
}

function argumentsOf(spec: OptionSpec, value: string, cwd: string): string[] {
  const { name, valueName, isValueOptional } = spec;
  if (valueName === undefined) return [value === "0" ? `--no-${name}` : `--${name}`];
  if (isValueOptional && value === "") return [`--${name}`];
  // 2.0.25 ignores `--setting-sources=LIST`.
  if (name === "setting-sources") return [`--${name}`, value];
  const isPath = valueName === "FILE" || valueName === "DIR";
  return [`--${name}=${isPath ? resolve(cwd, value) : value}`];
}
