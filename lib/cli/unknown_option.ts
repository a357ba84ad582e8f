import type { CcrunError } from "../errors.ts";
import { nearestName } from "../util/nearest_name.ts";
import type { Command } from "./commands.ts";
import type { OptionSpec } from "./option_spec.ts";
import { findOption, optionsOf } from "./options.ts";
import { usageError } from "./usage_error.ts";

/** Returns the error for an option of claude that no command accepts. */
export function refusedOption(
  spelling: string,
  { refusal, help }: OptionSpec,
): CcrunError | undefined {
  switch (refusal) {
    case undefined:
      return undefined;
    case "set_by_ccrun":
      return usageError(`ccrun sets ${spelling} itself`, help);
    case "interactive":
      return usageError(
        `${spelling} is for interactive sessions: ${help}`,
        `remove it, or start claude itself: claude ${spelling}`,
      );
  }
}

/** Creates the error for an option that `command` does not know. */
export function unknownOption(spelling: string, command: Command): CcrunError {
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
  const name = spelling.replace(/^-+/, "");
  const names = specs.flatMap(({ name, isNegatable }) => isNegatable ? [name, `no-${name}`] : name);
  const related = specs.filter((spec) => isAboutThing(spec, name)).map(({ name }) => name);
  if (related.length > 0 && related.length <= MAX_RELATED) {
    return `did you mean ${related.map((other) => `--${other}`).join(" or ")}?`;
  }
  const nearest = nearestName(name, names);
  return nearest === undefined ? undefined : `did you mean --${nearest}?`;
}

/** How many options a hint names. */
const MAX_RELATED = 3;

/** Returns whether the value of an option is a `thing`, as that of `max-turns` is turns. */
function isAboutThing({ name, valueName }: OptionSpec, thing: string): boolean {
  return valueName !== undefined &&
    withoutPlural(name.split("-").at(-1) ?? "") === withoutPlural(thing);
}

function withoutPlural(word: string): string {
  return word.replace(/s$/, "");
}
