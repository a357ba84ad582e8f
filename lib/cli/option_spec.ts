import type { Command } from "./commands.ts";

/** One option. */
export interface OptionSpec extends Omit<OptionDetails, "hasVariable" | "claudeOption"> {
  /** How the help shows the option, such as `-f, --format FORMAT` or `--[no-]redact`. */
  readonly signature: string;
  /** The name without dashes. */
  readonly name: string;
  /** The one-letter name. */
  readonly short: string | undefined;
  /** Undefined for a switch. Shells complete FILE, PATH, DIR, and ID by this name. */
  readonly valueName: string | undefined;
  /** Whether the option can be used without its value. Then a value needs `=`. */
  readonly isValueOptional: boolean;
  /** Whether `--no-` turns the switch off. */
  readonly isNegatable: boolean;
  /** The environment variable that sets the option. */
  readonly variable: string | undefined;
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
export type ValueKind =
  | "count"
  | "positive"
  | "amount"
  | "duration"
  | "url"
  | "uuid"
  | "shard"
  | "since"
  | "mcp_tool";

/** The details of an option beyond its signature and help. */
export interface OptionDetails {
  /** What is different in `ccrun replay`. */
  readonly inReplay?: { readonly help: string; readonly choices: readonly string[] };
  /** Other names, which the help does not show. */
  readonly aliases?: readonly string[];
  /** What the value must be, if not text. */
  readonly valueKind?: ValueKind;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** Values that the shells complete. Others are allowed, too. */
  readonly suggestions?: readonly string[];
  readonly isRepeatable?: boolean;
  /** Whether the value can be empty, or look like an option. */
  readonly allowsAnyText?: boolean;
  /** The commands that have the option. @default {those of the group} */
  readonly commands?: readonly Command[];
  /** Whether a CCRUN_ variable sets the option. */
  readonly hasVariable?: boolean;
  /** claude's option with the same meaning: its name, or true for the same name. */
  readonly claudeOption?: true | string;
  /**
   * Why no command accepts the option of claude: ccrun sets it itself, or it has no effect without
   * the interactive screen. The help of such an option is the advice to give.
   */
  readonly refusal?: "set_by_ccrun" | "interactive";
}

/** An option of the table: its signature, its line in the help, and its details. */
export type OptionRow = readonly [signature: string, help: string, details?: OptionDetails];

/** The names of all variables that ccrun reads as options begin with this. */
export const VARIABLE_PREFIX = "CCRUN_";

/** Returns the variable of an option, such as `CCRUN_MAX_TURNS` for `max-turns`. */
export function variableName(option: string): string {
  return VARIABLE_PREFIX + option.toUpperCase().replaceAll("-", "_");
}

/**
 * Returns the options with a heading. Most of them belong to the same commands.
 *
 * @param common the details that all of them have
 */
export function optionGroup(
  heading: string,
  commands: readonly Command[],
  rows: readonly OptionRow[],
  common: OptionDetails = {},
): OptionSpec[] {
  return rows.map(([signature, help, details = {}]) => {
    const { hasVariable, claudeOption, ...others } = { ...common, ...details };
    const parts = readSignature(signature);
    const { name } = parts;
    return {
      commands,
      ...others,
      ...parts,
      signature,
      heading,
      help,
      variable: hasVariable ? variableName(name) : undefined,
      claudeSpelling: claudeOption && `--${claudeOption === true ? name : claudeOption}`,
    };
  });
}

function readSignature(
  signature: string,
): Pick<OptionSpec, "name" | "short" | "valueName" | "isValueOptional" | "isNegatable"> {
  const words = signature.split(/,? /);
  const short = words.find((word) => word.startsWith("-") && !word.startsWith("--"));
  const long = words.find((word) => word.startsWith("--")) ?? "";
  const optionalValue = /\[=(.+)\]$/.exec(long)?.[1];
  return {
    name: long.replace(/^--(\[no-\])?/, "").replace(/\[.*/, ""),
    short: short?.slice(1),
    valueName: optionalValue ?? words.find((word) => !word.startsWith("-")),
    isValueOptional: optionalValue !== undefined,
    isNegatable: long.startsWith("--[no-]"),
  };
}
