import { assert, assertEquals } from "@std/assert";
import { escapeLogCommands, escapeWithinLine } from "../../lib/terminal/escape_commands.ts";
import { commandIn, linesOf } from "../support/github_runner.ts";
import { makeRandom, type Random } from "../support/random.ts";

Deno.test("escapeLogCommands() breaks commands visibly", () => {
  assertEquals(escapeLogCommands("::error file=a::no"), "\\::error file=a::no");
  assertEquals(escapeLogCommands("  ::set-output name=a::b"), "  \\::set-output name=a::b");
  assertEquals(escapeLogCommands("text ##[error]no"), "text #\\#[error]no");
  assertEquals(escapeLogCommands("##vso[task.setvariable]x"), "#\\#vso[task.setvariable]x");
  assertEquals(escapeLogCommands("##teamcity[x]"), "#\\#teamcity[x]");
  assertEquals(escapeLogCommands("section_start:1:a"), "section_start\\:1:a");
});

Deno.test("escapeWithinLine() breaks only commands that need no start of a line", () => {
  assertEquals(escapeWithinLine("::b"), "::b");
  assertEquals(escapeWithinLine(" ##[b"), " #\\#[b");
});

Deno.test("escapeLogCommands() breaks commands after all white space that a runner trims", () => {
  for (
    const blank of "\t\v\f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008" +
      "\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
  ) {
    assertEquals(
      escapeLogCommands(`${blank}::error::`),
      `${blank}\\::error::`,
      JSON.stringify(blank),
    );
  }
});

Deno.test("escapeLogCommands() breaks commands in every line, whatever ends it", () => {
  assertEquals(
    escapeLogCommands("a\n::b::\r::c::\r\n ::d::\n\n::e::\u2028::f::"),
    "a\n\\::b::\r\\::c::\r\n \\::d::\n\n\\::e::\u2028::f::",
  );
  const marker = "\x1b[0Ksection_end:1:a\r\x1b[0K";
  assertEquals(escapeLogCommands(`x${marker}y`), `x${marker.replace("end:", "end\\:")}y`);
});

Deno.test("escapeLogCommands() breaks commands with invisible characters inside", () => {
  assertEquals(escapeLogCommands("\x1b[1m::error::"), "\\::error::");
  assertEquals(escapeLogCommands(":\u200b:error::"), "\\::error::");
  assertEquals(escapeLogCommands("#\x1b[0m\u00ad#\x1b[1m[error]"), "#\\#[error]");
  assertEquals(escapeLogCommands("section\u200d_start\x07:"), "section_start\\:");
  // An incomplete sequence does not hide a command.
  assertEquals(escapeLogCommands("\x1b[##[error]x"), "\x1b[#\\#[error]x");
});

Deno.test("escapeLogCommands() returns text without commands unchanged", () => {
  const line = "std::vector a ::b ## heading #[derive] :x: section_starting: 2001:db8::1";
  assertEquals(escapeLogCommands(line), line);
  const text = "\x1b[31ma::b\x1b[0m\r\n\t# [x] ##\n👩‍👩‍👧 : :\u202e\0 section:\n".repeat(100);
  assertEquals(escapeLogCommands(text), text);
});

Deno.test("escapeLogCommands() takes linear time on hostile text", () => {
  const size = 2_000_000;
  const units = [
    ":",
    "#",
    "\n",
    "\r ",
    "\u2028",
    "\xa0",
    "\x1b[0m",
    "\x1b[1",
    "#\u200b",
    "s\u200b",
  ];
  for (const unit of [...units, "section_"]) {
    const text = `${unit.repeat(size / unit.length)}:[`;
    const broken = escapeLogCommands(text);
    assert(broken.length >= text.length && broken.length < 2 * text.length, JSON.stringify(unit));
  }
});

const COMMAND_PARTS = [
  ...": :: ::error:: ##[ # ## [ [error] ##vso[ vso ##teamcity[ section_ start start:".split(" "),
  "section_end:1:x",
  "section_start:1700000000:a[collapsed=true]",
];

const LINE_ENDS = ["\r", "\n", "\r\n", "\x85", "\u2028"];

const BLANKS = [" ", "\t", "\v", "\f", "\xa0", "\u2003", "\u3000", "\ufeff"];

const INVISIBLE = [
  "\x1b",
  "\x1b[",
  "\x1b[31m",
  "\x1b[0K",
  "\r\x1b[0K",
  "\x1b]0;",
  "\u200b",
  "\xad",
  "\0",
];

const OTHERS = ["\\", "m", "K", "a", "天", "👩‍👩‍👧"];

const FRAGMENTS = [...COMMAND_PARTS, ...LINE_ENDS, ...BLANKS, ...INVISIBLE, ...OTHERS];

function words({ below, pick }: Random, most: number): string {
  return Array.from({ length: below(most) }, () => pick(FRAGMENTS)).join("");
}

/** The ways to read a log: as it is, without escape sequences, without invisible characters. */
const READINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  // deno-lint-ignore no-control-regex -- the pattern matches sequences
  (text) => text.replaceAll(/\x1b\[[0-9;]*[mK]/g, ""),
  (text) => text.replaceAll(/[^\P{Cf}]/gu, ""),
  // deno-lint-ignore no-control-regex -- the pattern matches control characters
  (text) => text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|[\0-\x08\x0e-\x1f]|\p{Cf}/gu, ""),
];

/** Returns the lines of a text that contain a command. */
function commandsIn(text: string): string[] {
  return READINGS.flatMap((read) =>
    linesOf(read(text)).filter((line) =>
      commandIn(`${line}]::`) !== undefined ||
      /##(?:vso|teamcity)?\[|section_(?:start|end):/i.test(line)
    )
  );
}

/** Returns a text without backslashes and invisible characters. */
function visible(text: string): string {
  return text.replaceAll(
    // deno-lint-ignore no-control-regex -- the pattern matches control characters
    /\\|\x1b\[[0-9;?]*[A-Za-z]|(?![\t-\r\x85])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu,
    "",
  );
}

Deno.test("escapeLogCommands() breaks commands in any combination", () => {
  let found = 0;
  for (let seed = 1; seed <= 20_000; seed++) {
    const text = words(makeRandom(seed), 14);
    const made = escapeLogCommands(text);
    const about = `seed ${seed}: ${JSON.stringify(text)} gave ${JSON.stringify(made)}`;
    assertEquals(commandsIn(made), [], about);
    assertEquals(visible(made), visible(text), about);
    assertEquals(escapeLogCommands(made), made, about);
    if (commandsIn(text).length > 0) found++;
    else assertEquals(made, text, about);
  }
  assert(found > 5_000, `${found} commands were tried`);
});
