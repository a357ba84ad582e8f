import { assert, assertEquals } from "@std/assert";
import { parseCommandLine } from "../../lib/cli/args.ts";
import { addEnvironment } from "../../lib/cli/environment.ts";
import { OPTIONS } from "../../lib/cli/options.ts";
import { assertUsage } from "./usage.ts";

/** Returns the options of arguments and variables: the source, then the values. */
function parse(env: { [name: string]: string }, args: readonly string[] = []) {
  const { commandLine, warnings } = addEnvironment(parseCommandLine(args), env);
  const entries = [...commandLine.options].map((
    [name, { values, source }],
  ) => [name, [source, ...values]]);
  return { options: Object.fromEntries(entries), warnings };
}

Deno.test("addEnvironment sets the options that the command line does not set", () => {
  const env = { CCRUN_MODEL: "a", CCRUN_FORMAT: "json", PATH: "/bin", MODEL: "x" };
  assertEquals(parse(env, ["--model", "b"]), {
    options: { model: ["--model", "b"], format: ["CCRUN_FORMAT", "json"] },
    warnings: [],
  });
});

Deno.test("addEnvironment does not change the command line", () => {
  const line = parseCommandLine(["a"]);
  addEnvironment(line, { CCRUN_MODEL: "m" });
  assertEquals(line.options.size, 0);
});

Deno.test("addEnvironment accepts 1, 0, and nothing for a switch", async () => {
  const debug = (value: string) => parse({ CCRUN_DEBUG: value }).options["debug"];
  assertEquals(debug("1"), ["CCRUN_DEBUG", "1"]);
  assertEquals(debug("0"), ["CCRUN_DEBUG", "0"]);
  assertEquals(debug(""), undefined);
  for (const value of ["true", "yes", "2", " 1"]) {
    await assertUsage(() => debug(value), "CCRUN_DEBUG", "1 or 0", value);
  }
});

Deno.test("addEnvironment reads one value of a list from each line", () => {
  const { options } = parse({ CCRUN_ALLOWED_TOOLS: "Edit\n\nBash(git log:*)\n" });
  assertEquals(options["allowed-tools"], ["CCRUN_ALLOWED_TOOLS", "Edit", "Bash(git log:*)"]);
});

Deno.test("addEnvironment ignores the options of other commands", () => {
  const env = { CCRUN_MODEL: "a", CCRUN_FORMAT: "json" };
  assertEquals(parse(env, ["replay", "a.jsonl"]), {
    options: { format: ["CCRUN_FORMAT", "json"] },
    warnings: [],
  });
});

Deno.test("addEnvironment warns about unknown variables without their values", () => {
  const cases = [
    ["CCRUN_MODLE", "CCRUN_MODEL"],
    ["CCRUN_JSON", "CCRUN_FORMAT=json"],
    ["CCRUN_QUIET", "CCRUN_FORMAT=text"],
    ["CCRUN_OUTPUT", "--output"],
    ["CCRUN_ZZZZZZZZ", "ignored"],
  ] as const;
  for (const [variable, suggestion] of cases) {
    const { options, warnings } = parse({ [variable]: "secret" });
    assertEquals([options, warnings.length], [{}, 1]);
    const [warning = ""] = warnings;
    assert(warning.includes(variable) && warning.includes(suggestion), warning);
    assert(!warning.includes("secret"), warning);
  }
  assertEquals(parse({ CCRUN_TEST_CACHE: "x", CCRUN_RUNS: "x", CCRUNNER: "x" }).warnings, []);
});

Deno.test("addEnvironment ignores empty variables", () => {
  const names = OPTIONS.flatMap(({ variable }) => variable ?? []);
  const env = Object.fromEntries(names.map((name) => [name, ""]));
  assertEquals(parse(env), { options: {}, warnings: [] });
});
