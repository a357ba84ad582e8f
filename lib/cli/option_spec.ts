import type { Command } from "./commands.ts";

/** One option. */
export interface OptionSpec extends Omit<OptionDetails, "commands" | "hasVariable" | "claude"> {
  /** How the help shows the option, such as `-f, --format FORMAT` or `--[no-]redact`. */
  readonly signature: string;
  /** The name without dashes. */
  readonly name: string;
  /** The one-letter name. */
  readonly short: string | undefined;
  /** The name of the value. A switch has none. Shells complete FILE, PATH, DIR, and ID by this name. */
  readonly value: string | undefined;
  /** Whether `--no-` turns the switch off. */
  readonly isNegatable: boolean;
  /** The environment variable that sets the option. */
  readonly env: string | undefined;
  /** claude's spelling of the option, if claude has it. */
  readonly claudeSpelling: string | undefined;
  /** The commands that have the option. */
  readonly commands: readonly Command[];
  /** The heading in the help. */
  readonly heading: string;
  /** The line in the help. */
  readonly help: string;
}

/** What the value of an option must be. */
export type ValueKind = "count" | "positive" | "amount" | "duration" | "url" | "uuid";

/** The details of an option beyond its signature and help. */
export interface OptionDetails {
  /** Other names, which the help does not show. */
  readonly aliases?: readonly string[];
  /** What the value must be. @default {any text} */
  readonly kind?: ValueKind;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** Common values, if others are allowed. */
  readonly suggestions?: readonly string[];
  /** Whether the option can be repeated. */
  readonly isList?: boolean;
  /** Whether the value can look like an option. */
  readonly isAnyText?: boolean;
  /** The commands that have the option. @default {those of the group} */
  readonly commands?: readonly Command[];
  /** Whether a CCRUN_ variable sets the option. */
  readonly hasVariable?: boolean;
  /** Whether claude has the option, too, or claude's name for it. */
  readonly claude?: true | string;
}

type UngroupedOption = Omit<OptionSpec, "heading" | "commands"> & Pick<OptionDetails, "commands">;

/** Creates an option from its signature. */
export function option(
  signature: string,
  help: string,
  { hasVariable, claude, ...details }: OptionDetails = {},
): UngroupedOption {
  const words = signature.split(/,? /);
  const short = words.find((word) => word.startsWith("-") && !word.startsWith("--"))?.slice(1);
  const long = words.find((word) => word.startsWith("--")) ?? "";
  const name = long.replace(/^--(\[no-\])?/, "");
  return {
    ...details,
    signature,
    name,
    short,
    value: words.find((word) => !word.startsWith("-")),
    isNegatable: long.startsWith("--[no-]"),
    env: hasVariable ? `CCRUN_${name.toUpperCase().replaceAll("-", "_")}` : undefined,
    claudeSpelling: claude && `--${claude === true ? name : claude}`,
    help,
  };
}

/** Adds a heading to options, and the commands that have them. */
export function group(
  heading: string,
  commands: readonly Command[],
  options: readonly UngroupedOption[],
): OptionSpec[] {
  return options.map((spec) => ({ commands, ...spec, heading }));
}
