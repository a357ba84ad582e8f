import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../lib/cli/args.ts";
import { PASSED_ON_OPTIONS, REFUSED_OPTIONS } from "../../lib/cli/claude_options.ts";
import { withDashes } from "../../lib/cli/options.ts";
import { passedOnArguments } from "../../lib/cli/passed_on.ts";
import { REPOSITORY } from "../support/paths.ts";
import { optionsOf } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

/** A directory that exists. */
const CWD = `${REPOSITORY}/lib`;

async function passOn(
  args: readonly string[],
  env: { [name: string]: string } = {},
): Promise<string[]> {
  return await passedOnArguments(optionsOf(args, env), CWD);
}

Deno.test("passedOnArguments passes an option of claude on in claude's spelling", async () => {
  const cases: [args: string[], passed: string[]][] = [
    [["hi"], []],
    [["--effort", "high"], ["--effort=high"]],
    [["-n", "My run"], ["--name=My run"]],
    [["-nrun"], ["--name=run"]],
    [["--bare", "--strict-mcp-config"], ["--bare", "--strict-mcp-config"]],
    [["--chrome"], ["--chrome"]],
    [["--no-chrome"], ["--no-chrome"]],
    [["--no-session-persistence"], ["--no-session-persistence"]],
    [["--tools", "Bash,Read", "--tools", "Edit"], ["--tools=Bash,Read", "--tools=Edit"]],
    [["--tools", ""], ["--tools="]],
    [["--setting-sources="], ["--setting-sources", ""]],
    [["--betas", "a", "--betas=b"], ["--betas=a", "--betas=b"]],
    [["--file", "file_1:a.txt"], ["--file=file_1:a.txt"]],
    // Paths are relative to the directory of the caller.
    [["--plugin-dir", "cli", "--plugin-dir", "/tmp"], [
      `--plugin-dir=${CWD}/cli`,
      "--plugin-dir=/tmp",
    ]],
    [["--debug-file", "../log", "-C", "/elsewhere"], [`--debug-file=${REPOSITORY}/log`]],
  ];
  for (const [args, passed] of cases) assertEquals(await passOn(args), passed, args.join(" "));
});

Deno.test("passedOnArguments passes on the options of variables", async () => {
  assertEquals(await passOn([], { CCRUN_EFFORT: "low", CCRUN_PLUGIN_DIR: "cli\nrun" }), [
    "--effort=low",
    `--plugin-dir=${CWD}/cli`,
    `--plugin-dir=${CWD}/run`,
  ]);
});

Deno.test("passedOnArguments leaves out a switch that a variable turns off", async () => {
  assertEquals(await passOn([], { CCRUN_STRICT_MCP_CONFIG: "1" }), ["--strict-mcp-config"]);
  assertEquals(await passOn([], { CCRUN_STRICT_MCP_CONFIG: "0" }), []);
});

Deno.test("passedOnArguments rejects a plugin directory that does not exist, which claude ignores", async () => {
  await assertUsage(
    () => passOn(["--plugin-dir", "none"]),
    `cannot read --plugin-dir ${CWD}/none: it does not exist`,
  );
});

Deno.test("an optional value needs =, so that the argument after the option stays the prompt", async () => {
  const cases: [args: string[], passed: string[]][] = [
    [["--worktree", "fix it"], ["--worktree"]],
    [["-w", "fix it"], ["--worktree"]],
    [["-qw", "fix it"], ["--worktree"]],
    [["--worktree=wt", "fix it"], ["--worktree=wt"]],
    [["-w=wt", "fix it"], ["--worktree=wt"]],
    [["-wwt", "fix it"], ["--worktree=wt"]],
    [["--prompt-suggestions", "fix it"], ["--prompt-suggestions"]],
    [["--prompt-suggestions=no", "fix it"], ["--prompt-suggestions=no"]],
  ];
  for (const [args, passed] of cases) {
    assertEquals(await passOn(args), passed);
    assertEquals(parseCommandLine(args).positionals, ["fix it"]);
  }
  await assertUsage(() => passOn(["--worktree=", "hi"]), "--worktree= has no value");
});

Deno.test("passedOnArguments passes on every option of its group", async () => {
  for (const { name, valueName, valueKind, choices = [], claudeSpelling } of PASSED_ON_OPTIONS) {
    const value = { url: "http://x", positive: "9", mcp_tool: "mcp__a__b" }[String(valueKind)];
    const args = valueName === undefined
      ? [`--${name}`]
      : [`--${name}=${choices[0] ?? value ?? "cli"}`];
    const [first = ""] = await passOn(args);
    assertEquals([first.split("=")[0], claudeSpelling], [`--${name}`, `--${name}`]);
  }
});

Deno.test("an option of claude for interactive sessions is a usage error with the reason", async () => {
  const interactive = REFUSED_OPTIONS.filter(({ refusal }) => refusal === "interactive");
  for (const { name, aliases = [], valueName, help } of interactive) {
    for (const spelling of [name, ...aliases].map(withDashes)) {
      const args = valueName === undefined ? [spelling] : [spelling, "x"];
      await assertUsage(() => parseCommandLine([...args, "hi"]), spelling, "interactive", help);
    }
  }
});

Deno.test("an option that ccrun sets is a usage error with what to use instead", async () => {
  const cases: [spelling: string, advice: string][] = [
    ["--print", "remove it"],
    ["--output-format", "--format"],
    ["--input-format", "stdin"],
    ["--verbose", "remove it"],
    ["--include-partial-messages", "--partial"],
    ["--replay-user-messages", "remove it"],
  ];
  for (const [spelling, advice] of cases) {
    await assertUsage(() => parseCommandLine(["hi", spelling]), `sets ${spelling} itself`, advice);
    await assertUsage(() => parseCommandLine(["hi", "--", spelling]), spelling, advice);
  }
});

Deno.test("checkValues rejects an option of claude with a value that claude ignores or waits for", async () => {
  const cases: [args: string[], ...words: string[]][] = [
    [["--effort", "hihg"], "--effort must be one of low, medium, high, xhigh, max"],
    [["--permission-mode", "yolo"], "--permission-mode must be one of default, manual, accept"],
    [["--permission-prompts", "me"], "host, none"],
    [["--permission-prompt-tool", "stdio"], "an MCP tool such as mcp__SERVER__TOOL"],
    [["--thinking", "hard"], "enabled, adaptive, disabled"],
    [["--task-budget", "many"], "whole number"],
    [["--system-prompt-snapshot", "maybe"], "on, off"],
    [["--plugin-url", "x.zip"], "URL"],
  ];
  for (const [args, ...words] of cases) await assertUsage(() => optionsOf(args), ...words);
});

Deno.test("a hint about an unknown option names no other option that merely looks similar", async () => {
  const cases: [option: string, suggestion: string | undefined][] = [
    ["--efort", "--effort"],
    ["--worktre", "--worktree"],
    ["--tool", "--tools"],
    ["--turn", "--max-turns"],
    ["--dir", "--add-dir or --plans-dir or --plugin-dir"],
    ["--plugin", undefined],
    ["--permissions", undefined],
    ["--event", undefined],
    ["--agent-id", undefined],
    ["--sdk-url", undefined],
    ["--rewind-files", undefined],
    ["--yolo", undefined],
    ["--prefill", undefined],
    ["--init", undefined],
  ];
  for (const [option, suggestion] of cases) {
    const hint = suggestion === undefined ? "| see: ccrun --help" : `did you mean ${suggestion}?`;
    await assertUsage(() => parseCommandLine([option, "hi"]), `unknown option ${option}`, hint);
  }
});
