import { assertEquals } from "@std/assert";
import { runSettings } from "../../lib/cli/run_settings.ts";
import { commandLineOf, type FakeHost, makeHost } from "./hosts.ts";

type Env = { [name: string]: string };

async function run(args: readonly string[], from: FakeHost = {}) {
  return await runSettings(commandLineOf(args, from.env), makeHost(from));
}

Deno.test("runSettings redacts a recording only on request", async () => {
  assertEquals((await run([], { env: { CI: "true" } })).redactRecord, false);
  assertEquals((await run(["--redact"])).redactRecord, true);
  assertEquals((await run([], { env: { CCRUN_REDACT: "1" } })).redactRecord, true);
});

Deno.test("runSettings sets nothing that was not requested", async () => {
  const { session, run: target, record } = await run([]);
  const set = Object.entries(session).filter(([, value]) => value !== undefined);
  assertEquals(Object.fromEntries(set), {
    workspace: "/home/dev",
    answer: "all",
    env: {},
    failOnDenied: false,
    logRawDiagnostics: false,
    partial: false,
    dangerouslySkipPermissions: false,
    extraArgs: [],
  });
  assertEquals(target, { sessionId: undefined, continueLast: false, fork: false, images: [] });
  assertEquals(record, undefined);
});

Deno.test("runSettings passes every option on", async () => {
  const sessionId = "99999999-2222-4333-8444-555555555555";
  const args = [
    ...["-C", "work", "--record", "r.jsonl", "--resume", sessionId, "--fork"],
    ...["--api-url", "http://x/v1", "--add-dir", "a", "--add-dir", "b", "--plans-dir", "plans"],
    ...["--claude", "./claude", "--model", "m", "--fallback-model", "f", "--max-turns", "3"],
    ...["--max-budget-usd", "2.50", "--max-retries", "0", "--allowed-tools", "Edit"],
    ...["--disallowed-tools", "Bash", "--permission-mode", "plan", "--fail-on-denied"],
    ...["--system-prompt", "S", "--append-system-prompt", "A", "--mcp-config", "m.json"],
    ...["--append-subagent-system-prompt", "B"],
    ...["--settings", "s.json", "--json-schema", '{\n"type": "object"\n}', "--debug-raw"],
    ...["--session-id", "11111111-2222-4333-8444-555555555555", "--partial"],
    ...[
      "--timeout",
      "1h30m",
      "--idle-timeout",
      "10m",
      "--grace",
      "2.5s",
      "--attempts",
      "3",
      "--wait-for-limit",
      "5h",
      "--answer",
      "last",
    ],
    ...["--agents", '{\n"a": {}\n}'],
    ...[
      "--keep-background",
      "--no-isolate",
      "--require-trusted-settings",
      "--effort",
      "low",
      "--",
      "--betas",
      "x",
    ],
  ];
  const env = { HOME: "/home/dev" };
  const { session, run: target, record } = await run(args, { env });
  assertEquals(record, "/home/dev/r.jsonl");
  assertEquals(target, { sessionId, continueLast: false, fork: true, images: [] });
  assertEquals(session, {
    workspace: "/home/dev/work",
    apiUrl: "http://x/v1",
    allowedDirs: ["a", "b"],
    plansDirectory: "/home/dev/plans",
    claudePath: "./claude",
    claudeSource: "--claude",
    env,
    failOnDenied: true,
    requireTrustedSettings: true,
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
    systemPromptFile: undefined,
    appendSystemPrompt: "A",
    appendSystemPromptFile: undefined,
    appendSubagentSystemPrompt: "B",
    agents: '{"a":{}}',
    mcpConfig: ["m.json"],
    mcpConfigSource: "--mcp-config",
    settings: "s.json",
    settingsSource: "--settings",
    jsonSchema: '{"type":"object"}',
    newSessionId: "11111111-2222-4333-8444-555555555555",
    timeoutMs: 5_400_000,
    idleTimeoutMs: 600_000,
    answer: "last",
    graceMs: 2_500,
    attempts: 3,
    waitForLimitMs: 18_000_000,
    keepBackground: true,
    isolate: false,
    extraArgs: ["--effort=low", "--betas", "x"],
  });
});

Deno.test("runSettings reports which option named claude", async () => {
  const { session } = await run([], { env: { CCRUN_CLAUDE: "/opt/claude" } });
  assertEquals([session.claudePath, session.claudeSource], ["/opt/claude", "CCRUN_CLAUDE"]);
});

Deno.test("runSettings has no timeouts by default, and an idle timeout of 30 minutes in CI", async () => {
  type Timeouts = [timeout?: number, idle?: number, grace?: number];
  const ci = { CI: "true" };
  const variables = { CCRUN_TIMEOUT: "1h", CCRUN_IDLE_TIMEOUT: "10m", CCRUN_GRACE: "1s" };
  const [none, half] = [undefined, 1_800_000];
  const cases: [args: string[], env: Env, expected: Timeouts][] = [
    [[], {}, [none, none, none]],
    [["--timeout", "0", "--idle-timeout", "0s", "--grace", "0"], {}, [none, none, 0]],
    [["--timeout", "1ms", "--idle-timeout", "1s"], {}, [1, 1_000, none]],
    [[], variables, [3_600_000, 600_000, 1_000]],
    [["--timeout", "2h", "--idle-timeout", "0", "--grace", "0"], variables, [7_200_000, none, 0]],
    [[], { CI: "1" }, [none, half, none]],
    [[], { CI: "woodpecker" }, [none, half, none]],
    [[], { CI: "" }, [none, none, none]],
    [[], { CI: "0" }, [none, none, none]],
    [[], { CI: "false" }, [none, none, none]],
    [["--grace", "1s"], ci, [none, half, 1_000]],
    [["--idle-timeout", "5m"], ci, [none, 300_000, none]],
    [["--idle-timeout", "0"], ci, [none, none, none]],
    [[], { ...ci, CCRUN_IDLE_TIMEOUT: "2h" }, [none, 7_200_000, none]],
    [[], { ...ci, CCRUN_IDLE_TIMEOUT: "0" }, [none, none, none]],
    [[], { ...ci, CCRUN_IDLE_TIMEOUT: "" }, [none, half, none]],
  ];
  for (const [args, env, expected] of cases) {
    const { timeoutMs, idleTimeoutMs, graceMs } = (await run(args, { env })).session;
    assertEquals([timeoutMs, idleTimeoutMs, graceMs], expected, JSON.stringify([args, env]));
  }
});
