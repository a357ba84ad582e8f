import { assertEquals } from "@std/assert";
import { parseArgs } from "node:util";
import { splitArguments, type Token } from "../../lib/cli/tokens.ts";

/** Options with a value, and switches. */
const OPTIONS = {
  output: { type: "string", short: "o" },
  model: { type: "string", short: "m" },
  quiet: { type: "boolean", short: "q" },
  json: { type: "boolean" },
} as const;

const WITH_VALUE = ["--output", "-o", "--model", "-m"];

/** The same from node:util, which knows the usual rules. */
function usual(args: readonly string[]): { tokens: Token[]; rest: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const end = tokens.find(({ kind }) => kind === "option-terminator")?.index ?? args.length;
  return {
    tokens: tokens.filter(({ index }) => index < end).flatMap((token): Token[] => {
      if (token.kind === "positional") return [{ kind: "positional", value: token.value }];
      if (token.kind !== "option") return [];
      const { rawName, value, inlineValue } = token;
      if (value === undefined) return [{ kind: "option", rawName }];
      return [{ kind: "option", rawName, value, isInline: inlineValue }];
    }),
    rest: args.slice(end + 1),
  };
}

/** Every kind of argument; all triples of them are tried. */
const WORDS = [
  "",
  "-",
  "--",
  "word",
  "two\nlines",
  "-q",
  "-o",
  "-oFILE",
  "-o=FILE",
  "-qo",
  "-qoFILE",
  "-qqx",
  "-=",
  "-q=",
  "-é",
  "--quiet",
  "--quiet=1",
  "--no-json",
  "--output",
  "--output=",
  "--output=a=b",
  "--output\n=x",
  "---output",
  "--=",
  "--=a",
  "--=a=b",
  "--o",
  "--constructor",
];

Deno.test("splitArguments splits every kind of command line as node:util does", () => {
  let count = 0;
  for (const first of WORDS) {
    for (const second of WORDS) {
      for (const third of WORDS) {
        const args = [first, second, third];
        const split = splitArguments(args, (name) => WITH_VALUE.includes(name));
        assertEquals(split, usual(args), JSON.stringify(args));
        count++;
      }
    }
  }
  assertEquals(count, WORDS.length ** 3);
});

Deno.test("splitArguments takes a dash in a group of letters for one of them, and no end of the options", () => {
  assertEquals(splitArguments(["-q-", "--json"], () => false), {
    tokens: [
      { kind: "option", rawName: "-q" },
      { kind: "option", rawName: "--" },
      { kind: "option", rawName: "--json" },
    ],
    rest: [],
  });
});
