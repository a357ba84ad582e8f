/** An option, as it was given. */
export interface OptionToken {
  readonly kind: "option";
  /** The option with its dashes; of a group of letters each has its own. */
  readonly rawName: string;
  /** Its value, where it has one. */
  readonly value?: string;
  /** Whether the value was given in the same argument. */
  readonly isInline?: boolean;
}

/** A piece of a command line: an option, or what is none. */
export type Token = OptionToken | { readonly kind: "positional"; readonly value: string };

/** A command line in pieces. */
export interface Tokens {
  readonly tokens: readonly Token[];
  /** What follows `--`. */
  readonly rest: readonly string[];
}

/**
 * Splits arguments into options and what is none, by the usual rules (`--name value`, `--name=value`,
 * `-n value`, `-nvalue`, `-abc`), without a look at whether they are right. It does as `parseArgs`
 * of node:util, of which the import alone takes 6 ms.
 *
 * @param takesValue whether an option has a value, by its name with its dashes
 *
 * @example
 * ```ts
 * import { splitArguments } from "./tokens.ts";
 *
 * const { tokens, rest } = splitArguments(["-vo", "file", "--", "-x"], (name) => name === "-o");
 * console.log(tokens.length, rest); // 2 [ "-x" ]
 * ```
 */
export function splitArguments(
  args: readonly string[],
  takesValue: (name: string) => boolean,
): Tokens {
  const tokens: Token[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return { tokens, rest: args.slice(at + 1) };
    /** Adds an option whose value is the next argument, if it takes one and there is one. */
    const add = (rawName: string) => {
      const value = takesValue(rawName) ? args[at + 1] : undefined;
      if (value === undefined) return tokens.push({ kind: "option", rawName });
      at++;
      tokens.push({ kind: "option", rawName, value, isInline: false });
    };
    if (arg.startsWith("--")) {
      // A name has at least one character, be it a =.
      const equals = arg.includes("=", 3) ? arg.indexOf("=") : -1;
      if (equals < 0) {
        add(arg);
        continue;
      }
      const rawName = arg.slice(0, equals);
      tokens.push({ kind: "option", rawName, value: arg.slice(equals + 1), isInline: true });
    } else if (arg.startsWith("-") && arg.length > 1) {
      // The first letter with a value takes what follows it.
      for (let of = 1; of < arg.length; of++) {
        const rawName = `-${arg[of]}`;
        const value = arg.slice(of + 1);
        if (value === "" || !takesValue(rawName)) {
          add(rawName);
          continue;
        }
        tokens.push({ kind: "option", rawName, value, isInline: true });
        break;
      }
    } else {
      tokens.push({ kind: "positional", value: arg });
    }
  }
  return { tokens, rest: [] };
}
