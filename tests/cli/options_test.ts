import { assert, assertEquals } from "@std/assert";
import { REFUSED_OPTIONS } from "../../lib/cli/claude_options.ts";
import { OPTIONS } from "../../lib/cli/options.ts";

Deno.test("OPTIONS has no variable for an option of a single run", () => {
  const names = [
    "prompt",
    "prompt-file",
    "image",
    "resume",
    "continue",
    "fork",
    "session-id",
    "output",
    "record",
    "cwd",
  ];
  for (const name of names) {
    const spec = OPTIONS.find((option) => option.name === name);
    assert(spec !== undefined && spec.variable === undefined, name);
  }
});

Deno.test("no spelling means two options", () => {
  const spellings = [...OPTIONS, ...REFUSED_OPTIONS].flatMap((
    { name, short, aliases = [], isNegatable },
  ) => [
    name,
    ...(short === undefined ? [] : [short]),
    ...aliases,
    ...(isNegatable ? [`no-${name}`] : []),
  ]);
  assertEquals(spellings.length, new Set(spellings).size);
});

Deno.test("OPTIONS describes each option in fewer than 60 characters, or lists its choices", () => {
  for (const { name, help, choices } of OPTIONS) {
    const isList = help === choices?.join(", ");
    assert(help.length > 0 && (help.length < 60 || isList), `--${name}: ${help}`);
  }
});

Deno.test("OPTIONS reads the parts of a signature", () => {
  const format = OPTIONS.find(({ name }) => name === "format");
  assertEquals([format?.short, format?.valueName, format?.isNegatable], ["f", "FORMAT", false]);
  assertEquals([format?.variable, format?.claudeSpelling], ["CCRUN_FORMAT", undefined]);
  const redact = OPTIONS.find(({ name }) => name === "redact");
  assertEquals([redact?.short, redact?.valueName, redact?.isNegatable], [
    undefined,
    undefined,
    true,
  ]);
  const spellings = ["fork", "allowed-tools"].map((name) =>
    OPTIONS.find((option) => option.name === name)?.claudeSpelling
  );
  assertEquals(spellings, ["--fork-session", "--allowed-tools"]);
});
