import type { CcrunError } from "../errors.ts";
import { nearestName } from "../util/nearest_name.ts";
import type { Command } from "./commands.ts";
import { findOption, optionsOf } from "./options.ts";
import { RESERVED_OPTIONS } from "./passthrough.ts";
import { usageError } from "./usage_error.ts";

/** Creates the error for an option that `command` does not know. */
export function unknownOption(spelling: string, command: Command): CcrunError {
  const alternative = RESERVED_OPTIONS.get(spelling);
  if (alternative !== undefined) return usageError(`ccrun sets ${spelling} itself`, alternative);
  if (spelling === "-=") {
    return usageError("a one-letter switch takes no value", "remove the = and the value");
  }
  const hint = suggestOption(spelling, command);
  const help = command === "run" ? "see: ccrun --help" : `see: ccrun help ${command}`;
  return usageError(
    `unknown option ${spelling}`,
    command === "run" ? `${hint ?? `${help}.`} Put options for claude after --` : hint ?? help,
  );
}

function suggestOption(spelling: string, command: Command): string | undefined {
  const specs = optionsOf(command);
  const negated = spelling.startsWith("--no-")
    ? findOption(`--${spelling.slice("--no-".length)}`)?.spec
    : undefined;
  if (negated !== undefined && specs.includes(negated)) {
    const option = `--${negated.name}`;
    if (negated.valueKind === "duration") return `did you mean ${option} 0?`;
    return negated.valueName === undefined
      ? `${option} is off by default.`
      : `leave ${option} out.`;
  }
  const names = specs.flatMap(({ name, isNegatable }) => isNegatable ? [name, `no-${name}`] : name);
  const nearest = nearestName(spelling.replace(/^-+/, ""), names);
  return nearest === undefined ? undefined : `did you mean --${nearest}?`;
}
