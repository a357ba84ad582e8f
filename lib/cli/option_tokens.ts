import type { CcrunError } from "../errors.ts";
import { shellQuote } from "../util/shell_quote.ts";
import type { Command } from "./commands.ts";
import type { OptionSpec } from "./option_spec.ts";
import { findOption, type SpelledOption } from "./options.ts";
import { refusedOption, unknownOption } from "./unknown_option.ts";
import { usageError } from "./usage_error.ts";

/** Arguments in the one form that `parseArgs` reads as intended. */
export interface OptionTokens {
  /**
   * Positional arguments, and options as `--name=value`, with `1` or `0` for a switch and nothing for
   * a missing optional value.
   */
  readonly tokens: readonly string[];
  /** The spelling that was used last, by option name. */
  readonly spellings: ReadonlyMap<string, string>;
  /** The arguments after `--`. */
  readonly passthrough: readonly string[];
}

/** An option as it was typed. */
interface TypedOption {
  readonly spelling: string;
  /** The value in the same argument. */
  readonly value?: string | undefined;
}

/**
 * Turns every known option into one `--name=value` token. By itself, `parseArgs` would read the
 * argument after a switch as its value, and would not read a value that starts with a dash.
 *
 * @param onError Called for each invalid option, which is then skipped.
 */
export function tokenizeOptions(
  args: readonly string[],
  command: Command,
  onError: (error: CcrunError) => void,
): OptionTokens {
  const tokens: string[] = [];
  const spellings = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") return { tokens, spellings, passthrough: args.slice(index + 1) };
    if (arg === "-" || !arg.startsWith("-")) {
      tokens.push(arg);
      continue;
    }
    for (const typed of splitArgument(arg)) {
      const { spelling } = typed;
      const option = findOption(spelling);
      if (option === undefined) {
        onError(unknownOption(spelling, command));
        continue;
      }
      const { spec, switchValue } = option;
      const takesNext = spec.valueName !== undefined && !spec.isValueOptional;
      const value = typed.value ?? (takesNext ? args[++index] : undefined);
      const error = refusedOption(spelling, spec) ?? checkCommand(spelling, spec, command) ??
        checkSwitch(typed, option) ?? checkValue(typed, spec, value);
      if (error !== undefined) {
        onError(error);
        continue;
      }
      const missingValue = spec.isValueOptional ? "" : switchValue;
      tokens.push(`--${spec.name}=${value ?? missingValue}`);
      spellings.set(spec.name, spelling);
    }
  }
  return { tokens, spellings, passthrough: [] };
}

/** Splits `--name=value`, or letters such as `-qc` and `-ofile`, into options. */
function splitArgument(arg: string): TypedOption[] {
  if (arg.startsWith("--")) {
    const [spelling = "", ...rest] = arg.split("=");
    if (rest.length === 0) return [{ spelling }];
    return [{ spelling, value: rest.join("=") }];
  }
  const options: TypedOption[] = [];
  for (let index = 1; index < arg.length; index++) {
    const spelling = `-${arg[index]}`;
    const value = arg.slice(index + 1);
    const spec = findOption(spelling)?.spec;
    if (value !== "" && spec?.valueName !== undefined) {
      return [...options, {
        spelling,
        value: spec.isValueOptional ? value.replace(/^=/, "") : value,
      }];
    }
    options.push({ spelling });
  }
  return options;
}

function checkCommand(
  spelling: string,
  { commands }: OptionSpec,
  command: Command,
): CcrunError | undefined {
  if (commands.includes(command)) return undefined;
  return usageError(`ccrun ${command} has no option ${spelling}`, `see: ccrun help ${command}`);
}

function checkSwitch(
  { spelling, value }: TypedOption,
  { spec, switchValue }: SpelledOption,
): CcrunError | undefined {
  if (spec.valueName !== undefined || value === undefined) return undefined;
  const canNegate = spec.isNegatable && switchValue === "1";
  const negation = canNegate ? `, or --no-${spec.name} to turn it off` : "";
  return usageError(`${spelling} takes no value`, `use ${spelling}${negation}`);
}

/** Checks the value in the same argument or in the next one, which may not exist. */
function checkValue(
  { spelling, value: attached }: TypedOption,
  spec: OptionSpec,
  value: string | undefined,
): CcrunError | undefined {
  if (spec.valueName === undefined) return undefined;
  const isAttached = attached !== undefined;
  if (spec.isValueOptional) {
    if (value !== "") return undefined;
    return usageError(`${spelling}= has no value`, `add it, or use ${spelling}`);
  }
  const correct = `${spelling} ${spec.valueName}`;
  if (value === undefined) return usageError(`${spelling} needs a value`, `use ${correct}`);
  if (spec.allowsAnyText) return undefined;
  if (!isAttached && value.startsWith("--") && findOption(value.split("=")[0] ?? "")) {
    const canBeText = spec.valueKind === undefined && spec.choices === undefined;
    return usageError(
      `${spelling} needs a value, but the option ${value} follows`,
      canBeText
        ? `use ${correct}, or ${shellQuote(`--${spec.name}=${value}`)} to pass this text`
        : `use ${correct}`,
    );
  }
  if (isAttached && !spelling.startsWith("--") && value.startsWith("=")) {
    const alone = value === "=" ? spec.valueName : shellQuote(value.slice(1));
    return usageError(
      `${spelling} takes its value without =`,
      `use ${spelling} ${alone}, or ${shellQuote(`--${spec.name}${value}`)}`,
    );
  }
  return undefined;
}
