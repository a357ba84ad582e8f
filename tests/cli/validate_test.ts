import { assertEquals } from "@std/assert";
import { type RenderSettings, renderSettings, runSettings } from "../../lib/cli/validate.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { makeEdge, optionsOf } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

function show(
  args: readonly string[],
  from: Parameters<typeof makeEdge>[0] = {},
): RenderSettings {
  return renderSettings(optionsOf(args, from.env), makeEdge(from));
}

async function settings(
  args: readonly string[],
  from: Parameters<typeof makeEdge>[0] = {},
  rest: readonly string[] = [],
) {
  return await runSettings(optionsOf(args, from.env), rest, makeEdge(from));
}

/** A session to go on with. */
const OLD = "99999999-2222-4333-8444-555555555555";

const ALL = ["stdin", "stdout", "stderr"] as const;

Deno.test("checkValues names the option or variable, what it must be and what it is", async () => {
  const wrong: [args: string[], ...words: string[]][] = [
    [["--format", "jsno"], "--format", "pretty, text, json, raw", "jsno"],
    [["--color=sometimes"], "--color", "auto, always, never", "sometimes"],
    [["--max-turns", "three"], "--max-turns", "whole number", "three"],
    [["--max-turns", "-1"], "--max-turns", "-1"],
    [["--max-turns", "0"], "--max-turns", "1 or more"],
    [["--max-turns", "1.5"], "--max-turns", "1.5"],
    [["--max-turns", "9999999999"], "--max-turns"],
    [["--max-retries", "1e3"], "--max-retries", "1e3"],
    [["--max-budget-usd", "0"], "--max-budget-usd", "amount"],
    [["--max-budget-usd", "$5"], "--max-budget-usd", "$5"],
    [["--max-budget-usd", "1e3"], "--max-budget-usd"],
    [["--timeout", "90"], "--timeout", "a duration", "as 90s, 10m or 1h30m", 'not "90"'],
    [["--timeout", "-5s"], "--timeout", "-5s"],
    [["--timeout", "1000d"], "--timeout", "up to 999d", "1000d"],
    [["--timeout", ""], "--timeout", "empty", "--timeout D"],
    [["--idle-timeout", "10 m"], "--idle-timeout", "a duration", "10 m"],
    [["--idle-timeout=30m1h"], "--idle-timeout", "30m1h"],
    [["--grace", "soon"], "--grace", "a duration", "soon"],
    [["--isolate=1"], "--isolate", "no value"],
    [["--keep-background=0"], "--keep-background", "no value"],
    [["--session-id", "1234"], "--session-id", "UUID", "1234"],
    [["--api-url", "proxy:8080"], "--api-url", "URL"],
    [["--api-url", "ftp://x"], "--api-url", "http"],
    [["--resume", ""], "--resume", "empty"],
    [["--model", "  "], "--model", "empty"],
    [["--output="], "--output", "empty"],
    [["--add-dir", "a", "--add-dir", ""], "--add-dir", "empty"],
  ];
  for (const [args, ...words] of wrong) await assertUsage(() => optionsOf(args), ...words);
  await assertUsage(() => optionsOf([], { CCRUN_MAX_TURNS: "x" }), "CCRUN_MAX_TURNS", "x");
  await assertUsage(() => optionsOf([], { CCRUN_FORMAT: "xml" }), "CCRUN_FORMAT", "xml");
  for (const name of ["CCRUN_TIMEOUT", "CCRUN_IDLE_TIMEOUT", "CCRUN_GRACE"]) {
    await assertUsage(() => optionsOf([], { [name]: "5" }), name, "a duration", "90s", '"5"');
  }
  for (const name of ["CCRUN_KEEP_BACKGROUND", "CCRUN_ISOLATE"]) {
    await assertUsage(() => optionsOf([], { [name]: "yes" }), name, "1 or 0", "yes");
  }
});

Deno.test("checkValues takes what is right", () => {
  const right = [
    ["--max-turns", "1"],
    ["--max-retries", "0"],
    ["--max-budget-usd", "2.50"],
    ["--max-budget-usd", ".5"],
    ["--max-budget-usd", "3."],
    ["--timeout", "1h30m"],
    ["--timeout", "999d"],
    ["--idle-timeout", "0"],
    ["--grace", "500ms"],
    ["--grace", " 1.5s "],
    ["--no-isolate"],
    ["--session-id", "11111111-2222-4333-8444-55555555555A"],
    ["--api-url", "http://127.0.0.1:8080/v1"],
    ["--resume", "pending_1"],
    ["-p", ""],
  ];
  for (const args of right) assertEquals(optionsOf(args).size, 1);
});

Deno.test("renderSettings knows the formats by all their names", () => {
  const format = (args: string[], env = {}) => show(args, { env }).format;
  assertEquals(format([]), "pretty");
  assertEquals(format(["--json"]), "json");
  assertEquals(format(["-q"]), "text");
  assertEquals(format(["-f", "raw"]), "raw");
  assertEquals(format(["--json", "--format", "json"]), "json");
  const env = { CCRUN_FORMAT: "json" };
  assertEquals(format([], env), "json");
  assertEquals(format(["-q"], env), "text");
  assertEquals(format(["--format", "pretty"], env), "pretty");
});

Deno.test("renderSettings refuses two formats at once, and names both", async () => {
  await assertUsage(() => show(["--json", "--quiet"]), "--json", "--quiet");
  await assertUsage(() => show(["--json", "-f", "text"]), "--json", "-f text");
  await assertUsage(() => show(["-q", "--format=raw"]), "-q", "--format raw");
});

Deno.test("renderSettings shows progress with pretty, or where it is asked for", () => {
  const progress = (...args: string[]) => show(args).progress;
  assertEquals([progress(), progress("--no-progress")], [true, false]);
  assertEquals(progress("--json"), false);
  assertEquals([progress("-q"), progress("-q", "--progress")], [false, true]);
  assertEquals(show(["-q"], { env: { CCRUN_PROGRESS: "1" } }).progress, true);
});

Deno.test("renderSettings wants text as it is generated where a person watches, and never for json by itself", () => {
  const partial = (...args: string[]) => show(args, { terminals: ALL }).partial;
  assertEquals(partial(), true);
  assertEquals(partial("--no-partial"), false);
  assertEquals([partial("--json"), partial("--json", "--progress")], [false, false]);
  assertEquals([partial("--json", "--partial"), partial("-fraw", "--partial")], [true, true]);
  assertEquals([partial("-q"), partial("-q", "--progress")], [false, true]);
  assertEquals(show([], { terminals: ["stdin", "stdout"] }).partial, false);
  assertEquals(show([], { terminals: ["stderr"] }).partial, true);
});

Deno.test("renderSettings colours for a terminal, and as it is told", () => {
  const color = (args: string[], env = {}, terminals: readonly "stderr"[] = ["stderr"]) =>
    show(args, { env, terminals }).color;
  assertEquals([color([]), color([], {}, [])], [true, false]);
  assertEquals(color([], { TERM: "dumb" }), false);
  assertEquals([color([], { NO_COLOR: "1" }), color([], { NO_COLOR: "" })], [false, true]);
  assertEquals(color([], { FORCE_COLOR: "1" }, []), true);
  assertEquals(color([], { FORCE_COLOR: "0" }), false);
  assertEquals(color([], { NO_COLOR: "1", FORCE_COLOR: "1" }), false);
  assertEquals(color(["--color", "always"], { NO_COLOR: "1" }, []), true);
  assertEquals(color(["--color", "never"], { FORCE_COLOR: "1" }), false);
  assertEquals(color(["--color", "auto"], {}, []), false);
  assertEquals(color([], { CCRUN_COLOR: "never" }), false);
});

Deno.test("renderSettings tells diagnostics with their content only where that is asked for", () => {
  const debug = (...args: string[]) => show(args).debug;
  assertEquals([debug(), debug("--debug"), debug("--debug-raw")], [false, "sizes", "content"]);
  assertEquals([debug("--debug", "--debug-raw"), debug("--no-debug")], ["content", false]);
});

Deno.test("renderSettings takes the answer's file from the caller's directory", () => {
  assertEquals(show(["-o", "out/a.txt"]).output, "/home/dev/out/a.txt");
  assertEquals(show(["-o", "/a.txt"]).output, "/a.txt");
  assertEquals(show([]).output, undefined);
});

Deno.test("runSettings asks for nothing that was not asked for", async () => {
  const { session, run, record } = await settings([]);
  const asked = Object.entries(session).filter(([, value]) => value !== undefined);
  assertEquals(Object.fromEntries(asked), {
    workspace: "/home/dev",
    env: {},
    failOnDenied: false,
    logRawDiagnostics: false,
    partial: false,
    dangerouslySkipPermissions: false,
    extraArgs: [],
  });
  assertEquals(run, { sessionId: undefined, continueLast: false, fork: false });
  assertEquals(record, undefined);
});

Deno.test("runSettings hands each option on", async () => {
  const args = [
    ...["-C", "work", "--record", "r.jsonl", "--resume", OLD, "--fork"],
    ...["--api-url", "http://x/v1", "--add-dir", "a", "--add-dir", "b", "--plans-dir", "plans"],
    ...["--claude", "./claude", "--model", "m", "--fallback-model", "f", "--max-turns", "3"],
    ...["--max-budget-usd", "2.50", "--max-retries", "0", "--allowed-tools", "Edit"],
    ...["--disallowed-tools", "Bash", "--permission-mode", "plan", "--fail-on-denied"],
    ...["--system-prompt", "S", "--append-system-prompt", "A", "--mcp-config", "m.json"],
    ...["--settings", "s.json", "--json-schema", '{\n"type": "object"\n}', "--debug-raw"],
    ...["--session-id", "11111111-2222-4333-8444-555555555555", "--partial"],
    ...["--timeout", "1h30m", "--idle-timeout", "10m", "--grace", "2.5s"],
    ...["--keep-background", "--no-isolate"],
  ];
  const env = { HOME: "/home/dev" };
  const { session, run, record } = await settings(args, { env }, ["--betas", "x"]);
  assertEquals(record, "/home/dev/r.jsonl");
  assertEquals(run, { sessionId: OLD, continueLast: false, fork: true });
  assertEquals(session, {
    workspace: "/home/dev/work",
    apiUrl: "http://x/v1",
    allowedDirs: ["a", "b"],
    plansDirectory: "/home/dev/plans",
    claudePath: "./claude",
    claudeSource: "--claude",
    env,
    failOnDenied: true,
    logRawDiagnostics: true,
    partial: true,
    model: "m",
    fallbackModel: "f",
    maxTurns: 3,
    maxBudgetUsd: 2.5,
    maxRetries: 0,
    allowedTools: ["Edit"],
    disallowedTools: ["Bash"],
    permissionMode: "plan",
    dangerouslySkipPermissions: false,
    systemPrompt: "S",
    appendSystemPrompt: "A",
    mcpConfig: ["m.json"],
    mcpConfigSource: "--mcp-config",
    settings: "s.json",
    settingsSource: "--settings",
    jsonSchema: '{"type":"object"}',
    newSessionId: "11111111-2222-4333-8444-555555555555",
    timeoutMs: 5_400_000,
    idleTimeoutMs: 600_000,
    graceMs: 2_500,
    keepBackground: true,
    isolate: false,
    extraArgs: ["--betas", "x"],
  });
});

/** The limits in time that arguments and an environment give. */
async function limits(args: readonly string[], env = {}) {
  const { timeoutMs, idleTimeoutMs, graceMs } = (await settings(args, { env })).session;
  return [timeoutMs, idleTimeoutMs, graceMs];
}

Deno.test("runSettings limits no time by itself, and takes 0 for no limit", async () => {
  assertEquals(await limits([]), [undefined, undefined, undefined]);
  assertEquals(await limits(["--timeout", "0", "--idle-timeout", "0s"]), [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(await limits(["--timeout", "1ms", "--idle-timeout", "1s"]), [1, 1_000, undefined]);
});

Deno.test("runSettings takes a grace of 0 for at once", async () => {
  assertEquals(await limits(["--grace", "0"]), [undefined, undefined, 0]);
  assertEquals(await limits([], { CCRUN_GRACE: "0" }), [undefined, undefined, 0]);
});

Deno.test("runSettings lets claude say nothing for 30 minutes in CI, unless it is told otherwise", async () => {
  const idle = async (CI: string, args: readonly string[] = [], env = {}) =>
    (await limits(args, { CI, ...env }))[1];
  for (const CI of ["true", "1", "woodpecker"]) assertEquals(await idle(CI), 1_800_000, CI);
  for (const CI of ["", "0", "false"]) assertEquals(await idle(CI), undefined, CI);
  assertEquals(await idle("true", ["--idle-timeout", "5m"]), 300_000);
  assertEquals(await idle("true", ["--idle-timeout", "0"]), undefined);
  assertEquals(await idle("true", [], { CCRUN_IDLE_TIMEOUT: "2h" }), 7_200_000);
  assertEquals(await idle("true", [], { CCRUN_IDLE_TIMEOUT: "0" }), undefined);
  assertEquals(await idle("true", [], { CCRUN_IDLE_TIMEOUT: "" }), 1_800_000);
  // Nothing else is another in CI.
  assertEquals(await limits(["--grace", "1s"], { CI: "true" }), [undefined, 1_800_000, 1_000]);
});

Deno.test("runSettings takes limits from the environment, where no option gives them", async () => {
  const env = { CCRUN_TIMEOUT: "1h", CCRUN_IDLE_TIMEOUT: "10m", CCRUN_GRACE: "1s" };
  assertEquals(await limits([], env), [3_600_000, 600_000, 1_000]);
  assertEquals(await limits(["--timeout", "2h", "--idle-timeout", "0", "--grace", "0"], env), [
    7_200_000,
    undefined,
    0,
  ]);
});

Deno.test("runSettings keeps what is left running and isolates claude only where a person says so", async () => {
  const asked = async (args: readonly string[], env = {}) => {
    const { keepBackground, isolate } = (await settings(args, { env })).session;
    return [keepBackground, isolate];
  };
  const habit = { CCRUN_KEEP_BACKGROUND: "1", CCRUN_ISOLATE: "1" };
  assertEquals(await asked([]), [undefined, undefined]);
  assertEquals(await asked(["--keep-background"]), [true, undefined]);
  assertEquals(await asked(["--isolate"]), [undefined, true]);
  // Nothing survives isolation, so that only one can be meant.
  assertEquals(await asked(["--keep-background"], habit), [true, false]);
  assertEquals(await asked(["--isolate"], habit), [false, true]);
  for (const [args, env] of [[["--isolate", "--keep-background"], {}], [[], habit]] as const) {
    await assertUsage(() => asked(args, env), "contradict");
  }
  assertEquals(await asked(["--no-keep-background", "--no-isolate"], habit), [false, false]);
});

Deno.test("runSettings says who named claude", async () => {
  const { session } = await settings([], { env: { CCRUN_CLAUDE: "/opt/claude" } });
  assertEquals([session.claudePath, session.claudeSource], ["/opt/claude", "CCRUN_CLAUDE"]);
});

/** What renderSettings makes of a CI system's environment. */
function inCi(args: readonly string[], env: { [name: string]: string }) {
  const { ci, redact, summary, partial, progress } = show(args, { env, terminals: ALL });
  return { ci, redact, summary, partial, progress };
}

Deno.test("renderSettings serves the CI system that it finds, or is told", () => {
  const github = { GITHUB_ACTIONS: "true" };
  assertEquals(inCi([], {}), {
    ci: "none",
    redact: false,
    summary: undefined,
    partial: true,
    progress: true,
  });
  assertEquals(inCi([], github), {
    ci: "github",
    redact: true,
    summary: undefined,
    partial: false,
    progress: true,
  });
  assertEquals(inCi(["--ci", "none"], github).ci, "none");
  assertEquals(inCi([], { ...github, CCRUN_CI: "gitlab" }).ci, "gitlab");
  assertEquals(inCi(["--ci", "auto"], { CCRUN_CI: "none", CI: "1" }).ci, "other");
});

Deno.test("renderSettings redacts in CI, unless it is told otherwise", () => {
  assertEquals(inCi(["--no-redact"], { CI: "true" }).redact, false);
  assertEquals(inCi(["--redact"], {}).redact, true);
  assertEquals(inCi([], { CI: "true", CCRUN_REDACT: "0" }).redact, false);
  // The log is not laid out for a system, but it is one's all the same.
  assertEquals(inCi(["--ci", "none"], { CI: "true" }).redact, true);
});

Deno.test("runSettings redacts a recording only where that is asked for", async () => {
  const record = async (args: readonly string[], env = {}) =>
    (await settings(args, { env })).redactRecord;
  assertEquals(await record([], { CI: "true" }), false);
  assertEquals(await record(["--redact"]), true);
  assertEquals(await record([], { CCRUN_REDACT: "1" }), true);
});

Deno.test("renderSettings makes the names of files absolute", () => {
  const args = ["--result", "r.json", "--summary", "../s.md", "-o", "/a"];
  const { result, summary, output } = show(args);
  assertEquals([result, summary, output], ["/home/dev/r.json", "/home/s.md", "/a"]);
});

Deno.test("runSettings refuses sessions that contradict each other", async () => {
  const id = "11111111-2222-4333-8444-555555555555";
  await assertUsage(() => settings(["--resume", OLD, "--continue"]), "--resume", "--continue");
  await assertUsage(() => settings(["--fork"]), "--fork", "--resume");
  await assertUsage(
    () => settings(["--resume", OLD, "--session-id", id]),
    "--session-id",
    "--fork",
  );
  await assertUsage(() => settings(["--continue", "--session-id", id]), "--session-id");
  for (
    const args of [
      ["--resume", OLD, "--fork", "--session-id", id],
      ["--resume", "pending_1", "--session-id", id],
      ["--continue", "--fork"],
      ["--session-id", id],
    ]
  ) await settings(args);
});

Deno.test("runSettings skips permissions only where a person says so", async () => {
  const asked = async (args: string[], env = {}) => {
    const { session } = await settings(args, { env });
    return [session.dangerouslySkipPermissions, session.permissionMode];
  };
  const [skip, skipHabit] = [
    "--dangerously-skip-permissions",
    { CCRUN_DANGEROUSLY_SKIP_PERMISSIONS: "1" },
  ];
  const planHabit = { CCRUN_PERMISSION_MODE: "plan" };
  assertEquals(await asked([]), [false, undefined]);
  assertEquals(await asked([skip]), [true, undefined]);
  assertEquals(await asked([], skipHabit), [true, undefined]);
  assertEquals(await asked(["--no-dangerously-skip-permissions"], skipHabit), [false, undefined]);
  // What is given for this run comes before what is a habit.
  assertEquals(await asked(["--permission-mode", "plan"], skipHabit), [false, "plan"]);
  assertEquals(await asked([skip], planHabit), [true, undefined]);
  assertEquals(await asked([skip, "--permission-mode", "bypassPermissions"]), [
    true,
    "bypassPermissions",
  ]);
  await assertUsage(() => asked([skip, "--permission-mode", "plan"]), skip, "--permission-mode");
  await assertUsage(() => asked([], { ...skipHabit, ...planHabit }), "CCRUN_PERMISSION_MODE");
});

Deno.test("runSettings reads a JSON Schema from a file or as it is", async () => {
  await using sandbox = await makeSandbox();
  await Deno.writeTextFile(`${sandbox.project}/s.json`, '{\n  "type": "object"\n}\n');
  const schema = async (value: string) =>
    (await settings(["--json-schema", value], { cwd: sandbox.project })).session.jsonSchema;
  assertEquals(await schema("s.json"), '{"type":"object"}');
  assertEquals(await schema(' {"type": "array"}'), '{"type":"array"}');
  await assertUsage(() => schema("none.json"), "--json-schema", "none.json", "does not exist");
  await assertUsage(() => schema(sandbox.project), "--json-schema", "directory");
  await assertUsage(() => schema("{oops"), "--json-schema", "not JSON");
  await assertUsage(() => schema("notes.txt"), "notes.txt", "not JSON");
  await Deno.writeTextFile(`${sandbox.project}/s.json`, "[1]");
  await assertUsage(() => schema("s.json"), "--json-schema", "object");
});
