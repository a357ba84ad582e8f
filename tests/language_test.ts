/**
 * Finds phrases that read as a translation, in what users and contributors read. The style is plain
 * technical English: name the actor, then the verb, then the object.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fullHelp } from "../lib/cli/help.ts";
import { COMMANDS } from "../lib/cli/commands.ts";
import { REPOSITORY } from "./support/paths.ts";
import { DOCUMENTS, readDocument } from "./support/readme.ts";

const PHRASES = [
  "nobody",
  "somebody",
  "whoever",
  "any more",
  "all that",
  "of which",
  "is to be",
  "are to be",
  "go on with",
  "goes on with",
  "of claude's",
  "of ccrun's",
  "a fault of",
  "has to be said",
  "mend",
];

/** The output of --help is mostly the texts of the options. */
const OPTION_TEXTS = "lib/cli/options.ts, help";

/** Matches a phrase across the line breaks of a wrapped comment. */
function phrasePattern(phrase: string): string {
  return phrase.split(" ").join(String.raw`\s+(?:(?:\*|//|#)\s+)?`);
}

const FORBIDDEN = new RegExp(String.raw`\b(?:${PHRASES.map(phrasePattern).join("|")})\b`, "gi");

/** A capital letter marks the start of a sentence. */
const STARTS_WITH_WHO = /\bWho\s/g;

/** Returns `name:line: phrase` for each forbidden phrase in a text. */
function findings(name: string, text: string): readonly string[] {
  const matches = [...text.matchAll(FORBIDDEN), ...text.matchAll(STARTS_WITH_WHO)];
  return matches.map(({ index, 0: phrase }) => {
    const line = text.slice(0, index).split("\n").length;
    return `${name}:${line}: ${phrase.replace(/\s+/g, " ").trim()}`;
  });
}

/** Yields the paths of the source files below a directory. */
async function* sourceFiles(directory: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${REPOSITORY}/${directory}`)) {
    const path = `${directory}/${name}`;
    if (isDirectory) yield* sourceFiles(path);
    else if (/\.(?:ts|sh)$/.test(name)) yield path;
  }
}

Deno.test("the README, the help and lib/ use plain technical English", async () => {
  const texts = new Map([...DOCUMENTS, "main.ts"].map((path) => [path, readDocument(path)]));
  for (const command of COMMANDS) texts.set(`${OPTION_TEXTS} ${command}`, fullHelp(command));
  for await (const path of sourceFiles("lib")) texts.set(path, readDocument(path));
  assert(texts.size > 60, String(texts.size));
  assertEquals([...texts].flatMap(([name, text]) => findings(name, text)), []);
});

Deno.test("forbidden phrases are found as whole words, in any case, and across wrapped lines", () => {
  const cases: readonly (readonly [text: string, found: readonly string[]])[] = [
    ["Nobody reads it", ["f:1: Nobody"]],
    ["// a\n// all\n// that", ["f:2: all // that"]],
    [" * the files of\n * which", ["f:1: of * which"]],
    ["x\nWho does not", ["f:2: Who"]],
    ["recommend, all thatched roofs, the WHO, those who read", []],
  ];
  for (const [text, found] of cases) assertEquals(findings("f", text), found, text);
});
