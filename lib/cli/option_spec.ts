import type { Command } from "./commands.ts";

/** One option. */
export interface OptionSpec extends OptionDetails {
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

/** An option of the table: its signature, its line in the help, and its details. */
export type OptionRow = readonly [signature: string, help: string, details?: OptionDetails];

/** Returns the options with a heading. Most of them belong to the same commands. */
export function optionGroup(
  heading: string,
  commands: readonly Command[],
  rows: readonly OptionRow[],
): OptionSpec[] {
  return rows.map(([signature, help, details = {}]) => {
    const { hasVariable, claude } = details;
    const parts = readSignature(signature);
    const { name } = parts;
    return {
      commands,
      ...details,
      ...parts,
      signature,
      heading,
      help,
      env: hasVariable ? `CCRUN_${name.toUpperCase().replaceAll("-", "_")}` : undefined,
      claudeSpelling: claude && `--${claude === true ? name : claude}`,
    };
  });
}

function readSignature(
  signature: string,
): Pick<OptionSpec, "name" | "short" | "value" | "isNegatable"> {
  const words = signature.split(/,? /);
  const short = words.find((word) => word.startsWith("-") && !word.startsWith("--"));
  const long = words.find((word) => word.startsWith("--")) ?? "";
  return {
    name: long.replace(/^--(\[no-\])?/, ""),
    short: short?.slice(1),
    value: words.find((word) => !word.startsWith("-")),
    isNegatable: long.startsWith("--[no-]"),
  };
}
