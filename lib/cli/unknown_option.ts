import type { CcrunError } from "../errors.ts";
import { nearestName } from "../util/nearest_name.ts";
import type { Command } from "./commands.ts";
import type { OptionSpec } from "./option_spec.ts";
import { findOption, optionsOf } from "./options.ts";
import { usageError } from "./usage_error.ts";

/** A hint names at most this many options that have something in common. */
const MAX_RELATED = 3;

/** Returns the error for an option of claude that no command accepts; undefined for other options. */
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
  const suggestion = suggestOption(spelling, command);
  const hint = command === "run"
    ? `${suggestion ?? "see: ccrun --help."} If claude has ${spelling}, put it after --`
    : suggestion ?? `see: ccrun help ${command}`;
  return usageError(`unknown option ${spelling}`, hint);
}

function suggestOption(spelling: string, command: Command): string | undefined {
  const specs = optionsOf(command);
  const positive = findOption(spelling.replace(/^--no-/, "--"))?.spec;
  if (positive !== undefined && specs.includes(positive)) return suggestDefault(positive);
  const name = spelling.replace(/^-+/, "");
  const related = specs.filter((spec) => endsWithWord(spec, name)).map(({ name }) => name);
  if (related.length > 0 && related.length <= MAX_RELATED) return didYouMean(related);
  const names = specs.flatMap(({ name, isNegatable }) => isNegatable ? [name, `no-${name}`] : name);
  const nearest = nearestName(name, names);
  return nearest === undefined ? undefined : didYouMean([nearest]);
}

/** Suggests how to turn off an option without a `--no-` form. */
function suggestDefault({ name, valueKind, valueName }: OptionSpec): string {
  if (valueKind === "duration") return `did you mean --${name} 0?`;
  return valueName === undefined ? `--${name} is off by default.` : `leave --${name} out.`;
}

/** Returns whether an option has a value that its last word names, as `max-turns` has turns. */
function endsWithWord({ name, valueName }: OptionSpec, word: string): boolean {
  return valueName !== undefined && singular(name.split("-").at(-1) ?? "") === singular(word);
}

function singular(word: string): string {
  return word.replace(/s$/, "");
}

function didYouMean(names: readonly string[]): string {
  return `did you mean ${names.map((name) => `--${name}`).join(" or ")}?`;
}
