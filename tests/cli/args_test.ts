import { assert, assertEquals } from "@std/assert";
import { COMMANDS, OPTIONS, RESERVED_COMMANDS } from "../../lib/cli/options.ts";
import { addEnvironment, parseCommandLine, readableOptions } from "../../lib/cli/args.ts";
import { assertUsage } from "./usage.ts";

/** What is given, by option: the values, and a lone one by itself. */
function given(args: readonly string[]): { [name: string]: string | string[] } {
  const { options } = parseCommandLine(args);
  return Object.fromEntries(
    [...options].map((
      [name, { values }],
    ) => [name, values.length === 1 ? values[0] ?? "" : values]),
  );
}

async function assertWrong(args: readonly string[], ...words: string[]): Promise<void> {
  await assertUsage(() => parseCommandLine(args), ...words);
}

Deno.test("parseCommandLine recognises a command only as the exact first word", () => {
  const commandOf = (...args: string[]) => {
    const { command, positionals } = parseCommandLine(args);
    return [command, ...positionals];
  };
  assertEquals(commandOf("run", "go"), ["run", "go"]);
  assertEquals(commandOf("replay", "a.jsonl"), ["replay", "a.jsonl"]);
  for (const command of COMMANDS) assertEquals(commandOf(command), [command]);
  assertEquals(commandOf("completions", "zsh"), ["completions", "zsh"]);
  assertEquals(commandOf("help", "replay"), ["help", "replay"]);
  assertEquals(commandOf("run", "run"), ["run", "run"]);
  assertEquals(commandOf("go", "replay"), ["run", "go", "replay"]);
  assertEquals(commandOf("--json", "replay"), ["run", "replay"]);
  assertEquals(commandOf("Replay"), ["run", "Replay"]);
  assertEquals(commandOf("replay it"), ["run", "replay it"]);
  assertEquals(commandOf(), ["run"]);
});

Deno.test("parseCommandLine keeps the names of later commands from being prompts by mistake", async () => {
  assert(RESERVED_COMMANDS.length > 0);
  for (const word of RESERVED_COMMANDS) await assertWrong([word], word, `ccrun run ${word}`);
  for (const word of [...COMMANDS, ...RESERVED_COMMANDS]) {
    assertEquals(given(["-p", word]), { prompt: word });
    assertEquals(parseCommandLine(["run", word]).positionals, [word]);
  }
});

Deno.test("parseCommandLine takes any text as the value of -p and --prompt", () => {
  const texts = [
    "-x",
    "--",
    "--json",
    "--dangerously-skip-permissions",
    "doctor",
    "$(id)",
    "",
    "a\0b",
    "-",
  ];
  for (const text of texts) {
    for (const args of [["-p", text], ["--prompt", text], [`--prompt=${text}`]]) {
      assertEquals(given([...args, "--json"]), { prompt: text, json: "1" }, args.join(" "));
    }
    assertEquals(given(["-qp", text]), { quiet: "1", prompt: text });
  }
});

Deno.test("parseCommandLine takes a long prompt", () => {
  const prompt = "x".repeat(5 * 1024 * 1024);
  assertEquals(given(["-p", prompt])["prompt"]?.length, prompt.length);
});

Deno.test("parseCommandLine reads every spelling of a value", () => {
  for (const args of [["-f", "json"], ["-fjson"], ["--format", "json"], ["--format=json"]]) {
    assertEquals(given(args), { format: "json" });
  }
  assertEquals(given(["-C", "/a", "-o", "b"]), { cwd: "/a", output: "b" });
  assertEquals(given(["--model=a=b"]), { model: "a=b" });
});

Deno.test("parseCommandLine reads letters in a group", () => {
  assertEquals(given(["-qc"]), { quiet: "1", continue: "1" });
  assertEquals(given(["-cr", "id"]), { continue: "1", resume: "id" });
});

Deno.test("parseCommandLine accepts claude's own spellings", () => {
  assertEquals(given(["--allowedTools", "Edit", "--disallowedTools=Bash", "--fork-session"]), {
    "allowed-tools": "Edit",
    "disallowed-tools": "Bash",
    fork: "1",
  });
  assertEquals(given(["-r", "id"]), { resume: "id" });
  assertEquals(given(["-c"]), { continue: "1" });
});

Deno.test("parseCommandLine collects the values of a list, and takes the last of what is none", () => {
  assertEquals(given(["--add-dir", "a", "--add-dir=b"]), { "add-dir": ["a", "b"] });
  assertEquals(given(["--model", "a", "--model", "b"]), { model: "b" });
  assertEquals(given(["--progress", "--no-progress"]), { progress: "0" });
  assertEquals(given(["--no-progress", "--progress"]), { progress: "1" });
});

Deno.test("parseCommandLine finds the prompt between options, and stdin's dash", () => {
  const { positionals } = parseCommandLine([
    "fix",
    "--json",
    "the tests",
    "-",
    "--model",
    "m",
    "now",
  ]);
  assertEquals(positionals, ["fix", "the tests", "-", "now"]);
});

Deno.test("parseCommandLine leaves what follows -- to claude", () => {
  const { positionals, options, passthrough: rest } = parseCommandLine([
    "a",
    "--",
    "--betas",
    "x",
    "--",
    "-x",
  ]);
  assertEquals([positionals, [...options.keys()]], [["a"], []]);
  assertEquals(rest, ["--betas", "x", "--", "-x"]);
  assertEquals(parseCommandLine(["a", "--"]).passthrough, []);
  assertEquals(parseCommandLine(["a", "--", "--model=m"]).passthrough, ["--model=m"]);
});

Deno.test("parseCommandLine refuses options of ccrun's own after --, and any on both sides of it", async () => {
  for (const option of ["--json", "--format=json", "--record", "--no-progress", "--claude=x"]) {
    await assertWrong(["a", "--", option], option.split("=")[0] ?? "", "before the --");
  }
  await assertWrong(["--model", "m", "a", "--", "--model", "n"], "--model", "both sides");
  await assertWrong(
    ["--plans-dir", "p", "a", "--", "--settings", "s"],
    "--plans-dir",
    "--settings",
  );
  const both = ["--add-dir", "d", "a", "--", "--add-dir", "e"];
  assertEquals(parseCommandLine(both).passthrough, ["--add-dir", "e"]);
});

Deno.test("parseCommandLine takes no -- for the end where it is an option's value", () => {
  for (const args of [["-p", "--"], ["--prompt", "--"], ["-qp", "--"]]) {
    const { options, passthrough: rest } = parseCommandLine([...args, "--", "--x"]);
    assertEquals([options.get("prompt")?.values, rest], [["--"], ["--x"]], args.join(" "));
  }
  assertEquals(parseCommandLine(["-pq", "--", "--x"]).passthrough, ["--x"]);
  assertEquals(parseCommandLine(["--prompt=a", "--", "--x"]).passthrough, ["--x"]);
});

Deno.test("parseCommandLine refuses what ccrun must own, before and after --", async () => {
  for (
    const [option, words] of [
      ["--output-format", "--format"],
      ["--input-format", "stdin"],
      ["--verbose", "ccrun"],
      ["--include-partial-messages", "--partial"],
      ["--print", "ccrun"],
    ] as const
  ) {
    await assertWrong(["a", "--", option], option, words);
    await assertWrong(["a", "--", `${option}=x`], option, words);
    await assertWrong(["a", option], option, words);
  }
  await assertWrong(["a", "--", "-p"], "-p");
});

Deno.test("parseCommandLine names an unknown option and the nearest right one", async () => {
  await assertWrong(["--jsn"], "--jsn", "--json");
  await assertWrong(["--mdoel", "x"], "--mdoel", "--model");
  await assertWrong(["--no-progres"], "--no-progres", "--no-progress");
  await assertWrong(["--max-turn=3"], "--max-turn", "--max-turns");
  await assertWrong(["-x"], "-x", "ccrun --help");
  await assertWrong(["--betas"], "--betas", "after --");
});

Deno.test("parseCommandLine takes names of Object.prototype for unknown options", async () => {
  for (const option of ["--constructor", "--toString", "--__proto__", "--hasOwnProperty"]) {
    await assertWrong([option], option);
    await assertWrong([`${option}=x`], option);
  }
});

Deno.test("parseCommandLine misses a value, also where an option follows", async () => {
  await assertWrong(["--model"], "--model", "MODEL");
  await assertWrong(["-o"], "-o", "FILE");
  await assertWrong(["--model", "--json"], "--model", "--json", "--model=--json");
  await assertWrong(["--output", "--format=json"], "--output", "--format=json");
  assertEquals(given(["--model=--json"]), { model: "--json" });
  // What is no option of ccrun's can be a value.
  assertEquals(given(["--model", "--odd", "--output", "-"]), { model: "--odd", output: "-" });
});

Deno.test("parseCommandLine gives a switch no value", async () => {
  await assertWrong(["--json=1"], "--json");
  await assertWrong(["--no-progress=x"], "--no-progress");
});

Deno.test("parseCommandLine refuses options of another command", async () => {
  await assertWrong(["replay", "--model", "m"], "replay", "--model");
  await assertWrong(["schema", "--json"], "schema", "--json");
  await assertWrong(["sessions", "--resume", "last"], "sessions", "--resume");
  await assertWrong(["doctor", "--model", "m"], "doctor", "--model");
  assertEquals(given(["replay", "--json", "--progress"]), { json: "1", progress: "1" });
  assertEquals(given(["sessions", "--json", "-C", "d"]), { json: "1", cwd: "d" });
  for (const command of COMMANDS) {
    assertEquals(given([command, "-h", "-V"]), { help: "1", version: "1" });
  }
});

Deno.test("parseCommandLine says by which spelling an option was given", () => {
  const { options } = parseCommandLine(["-f", "json", "--allowedTools", "x"]);
  assertEquals([...options.values()].map(({ source }) => source), ["-f", "--allowedTools"]);
});

Deno.test("readableOptions reads what is right among what is wrong", () => {
  const names = (...args: string[]) => [...readableOptions(args).options.keys()];
  assertEquals(names("--json", "--nonsense", "--model"), ["json"]);
  assertEquals(names("replay", "--model", "m", "-fjson"), ["format"]);
  assertEquals(names("doctor", "--json"), ["json"]);
  assertEquals(names("a", "--", "--json"), []);
  assertEquals(names("-p", "--json"), ["prompt"]);
});

/** What an environment gives to these arguments. */
function fromEnvironment(env: { [name: string]: string }, args: readonly string[] = []) {
  const { options, warnings } = addEnvironment(parseCommandLine(args), env);
  const entries = [...options].map(([name, { values, source }]) => [name, [source, ...values]]);
  return { options: Object.fromEntries(entries), warnings };
}

Deno.test("addEnvironment gives what no option gives", () => {
  const env = { CCRUN_MODEL: "a", CCRUN_FORMAT: "json", PATH: "/bin", MODEL: "x" };
  assertEquals(fromEnvironment(env, ["--model", "b"]), {
    options: { model: ["--model", "b"], format: ["CCRUN_FORMAT", "json"] },
    warnings: [],
  });
});

Deno.test("addEnvironment takes 1 and 0 for switches, and nothing for unset", async () => {
  const value = (text: string) => fromEnvironment({ CCRUN_DEBUG: text }).options["debug"];
  assertEquals([value("1"), value("0"), value("")], [
    ["CCRUN_DEBUG", "1"],
    ["CCRUN_DEBUG", "0"],
    undefined,
  ]);
  for (const text of ["true", "yes", "2", " 1"]) {
    await assertUsage(() => value(text), "CCRUN_DEBUG", "1 or 0", text);
  }
});

Deno.test("addEnvironment takes a list one a line", () => {
  const { options } = fromEnvironment({ CCRUN_ALLOWED_TOOLS: "Edit\n\nBash(git log:*)\n" });
  assertEquals(options["allowed-tools"], ["CCRUN_ALLOWED_TOOLS", "Edit", "Bash(git log:*)"]);
});

Deno.test("addEnvironment warns of variables that it does not know, and names the nearest", () => {
  const { options, warnings } = fromEnvironment({ CCRUN_MODLE: "a", CCRUN_ZZZZZZZZ: "b" });
  assertEquals(options, {});
  assertEquals(warnings.length, 2);
  assert(warnings[0]?.includes("CCRUN_MODLE") && warnings[0].includes("CCRUN_MODEL"), warnings[0]);
  assert(warnings[1]?.includes("CCRUN_ZZZZZZZZ"), warnings[1]);
  assert(!warnings.join("").includes('"a"'), "not the value, which may be secret");
});

Deno.test("addEnvironment is silent about the variables of ccrun's own tests", () => {
  assertEquals(fromEnvironment({ CCRUN_TEST_CACHE: "x" }).warnings, []);
});

Deno.test("addEnvironment gives a command no options that it has not", () => {
  const env = { CCRUN_MODEL: "a", CCRUN_FORMAT: "json" };
  const { options, warnings } = fromEnvironment(env, ["replay", "a.jsonl"]);
  assertEquals(options, { format: ["CCRUN_FORMAT", "json"] });
  assertEquals(warnings, []);
});

Deno.test("addEnvironment leaves the command line as it was", () => {
  const line = parseCommandLine(["a"]);
  addEnvironment(line, { CCRUN_MODEL: "m" });
  assertEquals(line.options.size, 0);
});

Deno.test("no option that belongs to one run has a variable", () => {
  const ofOneRun = [
    "prompt",
    "prompt-file",
    "resume",
    "continue",
    "fork",
    "session-id",
    "output",
    "record",
    "cwd",
  ];
  for (const name of ofOneRun) {
    const spec = OPTIONS.find((option) => option.name === name);
    assert(spec !== undefined && spec.env === undefined, name);
  }
});

Deno.test("every variable is named after its option", () => {
  for (const { name, env } of OPTIONS) {
    if (env !== undefined) assertEquals(env, `CCRUN_${name.toUpperCase().replaceAll("-", "_")}`);
  }
});

Deno.test("no two options share a spelling", () => {
  const spellings = OPTIONS.flatMap(({ name, short, aliases = [], isNegatable }) => [
    name,
    ...(short === undefined ? [] : [short]),
    ...aliases,
    ...(isNegatable ? [`no-${name}`] : []),
  ]);
  assertEquals(spellings.length, new Set(spellings).size);
});
