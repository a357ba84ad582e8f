import { OPTIONS, type OptionSpec } from "./options.ts";

/** An option, and the value that a spelling gives to a switch. */
export interface SpelledOption {
  readonly spec: OptionSpec;
  readonly switchValue: "1" | "0";
}

/** Returns a name with its dashes. */
export function withDashes(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

const SPELLINGS = new Map<string, SpelledOption>();
for (const spec of OPTIONS) {
  const { name, short, aliases = [], isNegatable } = spec;
  for (const spelling of [name, ...(short === undefined ? [] : [short]), ...aliases]) {
    SPELLINGS.set(withDashes(spelling), { spec, switchValue: "1" });
  }
  if (isNegatable) SPELLINGS.set(`--no-${name}`, { spec, switchValue: "0" });
}

/** Returns the option with this spelling, including its dashes. */
export function findOption(spelling: string): SpelledOption | undefined {
  return SPELLINGS.get(spelling);
}
