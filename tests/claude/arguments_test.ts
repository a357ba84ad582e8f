import { assert, assertEquals, assertRejects } from "@std/assert";
import { claudeArguments, dependsOnVersion } from "../../lib/claude/arguments.ts";
import type { ClaudeOptions, SessionTarget } from "../../lib/claude/options.ts";
import { createPrivateFiles } from "../../lib/util/private_files.ts";
import { CcrunError } from "../../lib/errors.ts";
import { makeSandbox } from "../support/sandbox.ts";

/** The arguments of every run. */
const ALWAYS = [
  "-p",
  "--input-format=stream-json",
  "--output-format=stream-json",
  "--verbose",
];

/** Returns the other arguments, and the contents of the private files that they name. */
async function argumentsFor(
  claude: ClaudeOptions,
  target: Partial<SessionTarget> = {},
  baseDirectory = "/home/dev",
  version?: string,
): Promise<{ args: string[]; files: { [option: string]: string } }> {
  const files = createPrivateFiles();
  try {
    const args = await claudeArguments(
      claude,
      { cwd: "/home/dev/project", ...target },
      baseDirectory,
      files,
      version,
    );
    assertEquals(args.slice(0, ALWAYS.length), ALWAYS);
    const contents: { [option: string]: string } = {};
    for (const [index, arg] of args.entries()) {
      // A file's path follows its option, in the same argument or in the next one.
      const [option = "", path] = arg.startsWith("--") ? arg.split("=") : [args[index - 1], arg];
      const isPrivate = /\/ccrun-(?!test-)[^/]+\/[^/]+$/.test(path ?? "");
      if (isPrivate) contents[option] = await Deno.readTextFile(path ?? "");
    }
    return { args: args.slice(ALWAYS.length), files: contents };
  } finally {
    files.remove();
  }
}

async function args(claude: ClaudeOptions, target: Partial<SessionTarget> = {}): Promise<string[]> {
  return (await argumentsFor(claude, target)).args;
}

async function usage(claude: ClaudeOptions, target: Partial<SessionTarget> = {}): Promise<string> {
  const error = await assertRejects(() => argumentsFor(claude, target), CcrunError);
  assertEquals(error.kind, "usage");
  return error.message;
}

Deno.test("claudeArguments only selects the stream format by default", async () => {
  assertEquals(await args({}), []);
  assertEquals(await args({ partial: false, allowedTools: [], extraArgs: [] }), []);
});

Deno.test("claudeArguments passes each option as one argument", async () => {
  const claude: ClaudeOptions = {
    partial: true,
    model: "opus",
    fallbackModel: "sonnet",
    maxTurns: 3,
    maxBudgetUsd: 0.5,
    permissionMode: "plan",
    dangerouslySkipPermissions: true,
    jsonSchema: '{"type":"object"}',
    allowedTools: ["Edit", "Bash(git log:*)"],
    disallowedTools: ["WebFetch"],
    newSessionId: "11111111-2222-4333-8444-555555555555",
  };
  assertEquals(await args(claude), [
    "--include-partial-messages",
    "--model=opus",
    "--fallback-model=sonnet",
    "--max-turns=3",
    "--max-budget-usd=0.5",
    "--permission-mode=plan",
    "--dangerously-skip-permissions",
    '--json-schema={"type":"object"}',
    "--allowedTools=Edit",
    "--allowedTools=Bash(git log:*)",
    "--disallowedTools=WebFetch",
    "--session-id=11111111-2222-4333-8444-555555555555",
  ]);
});

Deno.test("claudeArguments keeps a value that looks like an option", async () => {
  const hostile = "--dangerously-skip-permissions";
  assertEquals(await args({ model: hostile, fallbackModel: "-p", allowedTools: ["--x=y"] }), [
    `--model=${hostile}`,
    "--fallback-model=-p",
    "--allowedTools=--x=y",
  ]);
});

Deno.test("claudeArguments selects the session to resume", async () => {
  assertEquals(await args({}, { resume: "s1" }), ["--resume=s1"]);
  assertEquals(await args({}, { resume: "s1", fork: true }), ["--resume=s1", "--fork-session"]);
  assertEquals(await args({}, { continueLast: true }), ["--continue"]);
  assertEquals(await args({}, { continueLast: true, fork: true }), [
    "--continue",
    "--fork-session",
  ]);
});

Deno.test("claudeArguments makes directories absolute", async () => {
  const allowedDirs = ["../lib/./x//y/", "/a/../b", "."];
  assertEquals(await args({}, { allowedDirs }), [
    "--add-dir=/home/lib/x/y",
    "--add-dir=/b",
    "--add-dir=/home/dev",
  ]);
});

Deno.test("claudeArguments passes inline MCP servers in files", async () => {
  const { args, files } = await argumentsFor({
    mcpConfig: ['{"mcpServers": {"a": {"env": {"TOKEN": "secret"}}}}'],
  });
  assert(!args.join(" ").includes("secret"), args.join(" "));
  assertEquals(JSON.parse(files["--mcp-config"] ?? ""), {
    mcpServers: { a: { env: { TOKEN: "secret" } } },
  });
});

Deno.test("claudeArguments passes the files of several MCP configurations as absolute paths", async () => {
  await using sandbox = await makeSandbox();
  await Deno.writeTextFile(`${sandbox.root}/mcp.json`, '{"mcpServers": {}}');
  const mcpConfig = ["mcp.json", '{"mcpServers": {}}', `${sandbox.root}/mcp.json`];
  const { args } = await argumentsFor({ mcpConfig }, {}, sandbox.root);
  const file = `--mcp-config=${sandbox.root}/mcp.json`;
  assertEquals([args.length, args[0], args[2]], [3, file, file]);
});

Deno.test("claudeArguments passes the path of the settings", async () => {
  assertEquals(await args({ settings: "/private/settings.json" }), [
    "--settings",
    "/private/settings.json",
  ]);
});

Deno.test("claudeArguments rejects MCP configurations that are not JSON", async () => {
  assert((await usage({ mcpConfig: ["{oops"] })).includes("--mcp-config"));
});

const AGENTS = '{"helper":{"description":"d","prompt":"p"}}';

const TEXTS: ClaudeOptions = {
  systemPrompt: "Be brief.",
  appendSystemPrompt: "Be kind.",
  appendSubagentSystemPrompt: "",
  agents: AGENTS,
};

Deno.test("claudeArguments passes system prompts and subagents in private files", async () => {
  for (const version of ["2.1.330", undefined]) {
    const { args, files } = await argumentsFor(TEXTS, {}, "/", version);
    assertEquals(args.map((arg) => arg.split("=")[0]), Object.keys(files));
    assertEquals(files, {
      "--system-prompt-file": "Be brief.",
      "--append-system-prompt-file": "Be kind.",
      "--append-subagent-system-prompt-file": "",
      "--agents": AGENTS,
    });
  }
});

Deno.test("claudeArguments passes in argv what an old version cannot read from a file", async () => {
  const inline = async (version: string) => {
    const { args } = await argumentsFor(TEXTS, {}, "/", version);
    return args.filter((arg) => arg.includes("Be") || arg.includes(AGENTS));
  };
  assertEquals(await inline("2.0.25"), ["--append-system-prompt=Be kind.", `--agents=${AGENTS}`]);
  assertEquals(await inline("2.1.197"), [`--agents=${AGENTS}`]);
});

Deno.test("dependsOnVersion is true for the options that an old version cannot read from a file", () => {
  assertEquals(dependsOnVersion({ systemPrompt: "S", jsonSchema: "{}" }), false);
  assertEquals(dependsOnVersion({ appendSystemPrompt: "" }), true);
  assertEquals(dependsOnVersion({ agents: "{}" }), true);
});

Deno.test("claudeArguments rejects a value that no argument can have", async () => {
  assert((await usage({ model: "a\0b" })).includes("--model"));
  assert((await usage({ jsonSchema: "x".repeat(200_000) })).includes("--json-schema"));
  // In bytes, not in characters.
  assert((await usage({ jsonSchema: "你".repeat(50_000) })).includes("--json-schema"));
  assertEquals((await args({ jsonSchema: "x".repeat(100_000) })).length, 1);
});

Deno.test("claudeArguments passes extra arguments last and unchanged", async () => {
  const extraArgs = ["--betas", "a", "--debug"];
  assertEquals(await args({ extraArgs }, { resume: "s" }), ["--resume=s", ...extraArgs]);
});

Deno.test("claudeArguments names the default permission mode as every version knows it", async () => {
  assertEquals(await args({ permissionMode: "manual" }), ["--permission-mode=default"]);
  assertEquals(await args({ permissionMode: "auto" }), ["--permission-mode=auto"]);
});

Deno.test("claudeArguments passes files of system prompts, and a copy of what is not a regular file", async () => {
  await using sandbox = await makeSandbox();
  const { root } = sandbox;
  await Deno.writeTextFile(`${root}/prompt.txt`, "Be brief.");
  const claude = { systemPromptFile: "prompt.txt", appendSystemPromptFile: "/dev/null" };
  const { args, files } = await argumentsFor(claude, {}, root);
  assertEquals(args[0], `--system-prompt-file=${root}/prompt.txt`);
  assertEquals(files, { "--append-system-prompt-file": "" });
  assertEquals(
    await usage({ systemPromptFile: "/none.txt" }),
    "cannot read --system-prompt-file /none.txt: it does not exist",
  );
});
