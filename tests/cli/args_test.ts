import { assertEquals } from "@std/assert";
import { parseCommandLine, parseLeniently } from "../../lib/cli/args.ts";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { assertUsage } from "./usage.ts";

type Values = { [name: string]: string | readonly string[] };

/** Returns the options of a command line. A single value stands by itself. */
function optionsOf(args: readonly string[]): Values {
  const { options } = parseCommandLine(args);
  return Object.fromEntries(
    [...options].map(([name, { values }]) => [
      name,
      values.length === 1 ? values[0] ?? "" : values,
    ]),
  );
}

Deno.test("parseCommandLine recognizes a command only as the exact first argument", () => {
  const cases: [args: string[], command: string, positionals: readonly string[]][] = [
    [["run", "go"], "run", ["go"]],
    [["replay", "a.jsonl"], "replay", ["a.jsonl"]],
    [["completions", "zsh"], "completions", ["zsh"]],
    [["help", "replay"], "help", ["replay"]],
    [["run", "run"], "run", ["run"]],
    [["go", "replay"], "run", ["go", "replay"]],
    [["--json", "replay"], "run", ["replay"]],
    [["Replay"], "run", ["Replay"]],
    [["replay it"], "run", ["replay it"]],
    [[], "run", []],
    ...COMMANDS.map((command): [string[], string, string[]] => [[command], command, []]),
  ];
  for (const [args, command, positionals] of cases) {
    const commandLine = parseCommandLine(args);
    assertEquals([commandLine.command, commandLine.positionals], [command, positionals]);
  }
});

Deno.test("parseCommandLine accepts the name of a command as the prompt of run", () => {
  for (const word of COMMANDS) {
    assertEquals(optionsOf(["-p", word]), { prompt: word });
    assertEquals(parseCommandLine(["run", word]).positionals, [word]);
  }
});

Deno.test("parseCommandLine accepts any text as the value of --prompt", () => {
  const texts = [
    "-x",
    "--",
    "--json",
    "--json=1",
    "--dangerously-skip-permissions",
    "doctor",
    "$(id)",
    "",
    "a\0b",
    "two\nlines = 2\n",
    "-",
    "x".repeat(5 * 1024 * 1024),
  ];
  for (const text of texts) {
    for (const args of [["-p", text], ["--prompt", text], [`--prompt=${text}`]]) {
      assertEquals(optionsOf([...args, "--json"]), { prompt: text, json: "1" });
    }
    assertEquals(optionsOf(["-qp", text]), { quiet: "1", prompt: text });
  }
});

Deno.test("parseCommandLine reads every spelling of an option", () => {
  const cases: [args: string[], expected: Values][] = [
    [["-f", "json"], { format: "json" }],
    [["-fjson"], { format: "json" }],
    [["--format", "json"], { format: "json" }],
    [["--format=json"], { format: "json" }],
    [["--model=a=b"], { model: "a=b" }],
    [["--model=true", "--max-turns", "3"], { model: "true", "max-turns": "3" }],
    [["-C", "/a", "-o", "b"], { cwd: "/a", output: "b" }],
    [["-qc"], { quiet: "1", continue: "1" }],
    [["-cr", "id"], { continue: "1", resume: "id" }],
    [["--json", "true"], { json: "1" }],
    [["--no-stdin"], { "no-stdin": "1" }],
    // claude's own spellings
    [["--allowedTools", "Edit"], { "allowed-tools": "Edit" }],
    [["--disallowedTools=Bash"], { "disallowed-tools": "Bash" }],
    [["--fork-session"], { fork: "1" }],
    [["-r", "id"], { resume: "id" }],
    [["-c"], { continue: "1" }],
    // repeated options
    [["--add-dir", "a", "--add-dir=b"], { "add-dir": ["a", "b"] }],
    [["--model", "a", "--model", "b"], { model: "b" }],
    [["--progress", "--no-progress"], { progress: "0" }],
    [["--no-progress", "--progress"], { progress: "1" }],
    // values that look like options, but are none
    [["--model", "--odd", "--output", "-"], { model: "--odd", output: "-" }],
    [["--model=--json"], { model: "--json" }],
  ];
  for (const [args, expected] of cases) {
    const { ...options } = optionsOf(args);
    assertEquals(options, expected, args.join(" "));
  }
});

Deno.test("parseCommandLine collects the prompt between the options, without changing it", () => {
  const args = ["fix", "--json", "007", "-", "--model", "m", "now", ""];
  assertEquals(parseCommandLine(args).positionals, ["fix", "007", "-", "now", ""]);
});

Deno.test("parseCommandLine reports the spelling that was used", () => {
  const { options } = parseCommandLine(["-f", "json", "--allowedTools", "x", "-h"]);
  const sources = [...options.values()].map(({ source }) => source).sort();
  assertEquals(sources, ["--allowedTools", "-f", "-h"]);
});

Deno.test("parseCommandLine passes the arguments after -- to claude", () => {
  const cases: [args: string[], passthrough: string[]][] = [
    [["a", "--", "--betas", "x", "--", "-x"], ["--betas", "x", "--", "-x"]],
    [["a", "--"], []],
    [["a", "--", "--model=m"], ["--model=m"]],
    [["--add-dir", "d", "a", "--", "--add-dir", "e"], ["--add-dir", "e"]],
    // The first -- is the value of -p.
    [["-p", "--", "--", "--x"], ["--x"]],
    [["-qp", "--", "--", "--x"], ["--x"]],
    [["-pq", "--", "--x"], ["--x"]],
  ];
  for (const [args, expected] of cases) {
    assertEquals(parseCommandLine(args).passthrough, expected, args.join(" "));
  }
});

Deno.test("parseCommandLine rejects invalid options, and suggests what to do", async () => {
  const cases: [args: string[], ...words: string[]][] = [
    // unknown options
    [["--jsn"], "--jsn", "--json"],
    [["--mdoel", "x"], "--mdoel", "--model"],
    [["--no-progres"], "--no-progres", "--no-progress"],
    [["--max-turn=3"], "--max-turn", "--max-turns"],
    [["-x"], "-x", "ccrun --help"],
    [["--q"], "--q"],
    [["--frobnicate"], "--frobnicate", "after --"],
    [["--mode", "plan"], "did you mean --permission-mode?"],
    [["--turns", "3"], "did you mean --max-turns?"],
    ...["--constructor", "--toString", "--__proto__", "--__proto__=x"].map((option): [
      string[],
      string,
    ] => [[option], option.split("=")[0] ?? ""]),
    // missing values
    [["--model"], "--model", "MODEL"],
    [["-o"], "-o", "FILE"],
    [["--model", "--json"], "--model", "--json", "--model=--json"],
    [["--output", "--format=json"], "--output", "--format=json"],
    // values of switches
    [["--json=1"], "--json"],
    [["--no-progress=x"], "--no-progress"],
    [["-q=1"], "takes no value"],
    [["-f=json"], "-f json", "--format=json"],
    // options of other commands
    [["replay", "--model", "m"], "replay", "--model"],
    [["schema", "--json"], "schema", "--json"],
    [["sessions", "--resume", "last"], "sessions", "--resume"],
    [["doctor", "--model", "m"], "doctor", "--model"],
    // options that ccrun sets
    [["a", "--verbose"], "--verbose", "ccrun"],
    [["a", "--output-format", "json"], "--output-format", "--format"],
  ];
  for (const [args, ...words] of cases) {
    await assertUsage(() => parseCommandLine(args), ...words);
  }
});

Deno.test("parseCommandLine rejects options after -- that claude does not have or ccrun sets", async () => {
  const cases: [args: string[], ...words: string[]][] = [
    ...["--json", "--format=json", "--record", "--no-progress", "--claude=x", "--fork"].map(
      (option): [string[], ...string[]] => [
        ["a", "--", option],
        option.split("=")[0] ?? "",
        "before the --",
      ],
    ),
    [["--model", "m", "a", "--", "--model", "n"], "--model", "both sides"],
    [["a", "--", "--settings", "s"], "--settings is not allowed after --", "before the --"],
    [["a", "--", "--output-format=x"], "--output-format", "--format"],
    [["a", "--", "--input-format"], "--input-format", "stdin"],
    [["a", "--", "--verbose"], "--verbose", "ccrun"],
    [["a", "--", "--include-partial-messages"], "--partial"],
    [["a", "--", "--print"], "--print", "ccrun"],
    [["a", "--", "-p"], "-p", "ccrun"],
  ];
  for (const [args, ...words] of cases) {
    await assertUsage(() => parseCommandLine(args), ...words);
  }
});

Deno.test("parseLeniently skips the invalid options", () => {
  const cases: [args: string[], options: string[]][] = [
    [["--json", "--nonsense", "--model"], ["json"]],
    [["replay", "--model", "m", "-fjson"], ["format"]],
    [["doctor", "--json"], ["json"]],
    [["a", "--", "--json"], []],
    [["-p", "--json"], ["prompt"]],
  ];
  for (const [args, expected] of cases) {
    assertEquals([...parseLeniently(args).options.keys()], expected, args.join(" "));
  }
});

Deno.test("parseCommandLine suggests how to turn an option off", async () => {
  const cases: [args: string[], ...words: string[]][] = [
    [["--no-timeout"], "unknown option --no-timeout", "did you mean --timeout 0?"],
    [["--no-json"], "unknown option --no-json", "--json is off by default"],
    [["--no-model"], "unknown option --no-model", "leave --model out"],
    [["--no-isolat"], "did you mean --no-isolate?"],
    [["--redact=0"], "--redact takes no value", "--no-redact to turn it off"],
  ];
  for (const [args, ...words] of cases) {
    await assertUsage(() => parseCommandLine(args), ...words);
  }
});
