import { assertEquals } from "@std/assert";
import { describeWeakeningVariables } from "../../lib/cli/weakening_variables.ts";
import { OPTIONS } from "../../lib/cli/options.ts";
import { optionsOf } from "./hosts.ts";

/** Returns the line for arguments and variables, whose names lack their prefix. */
function line(args: readonly string[], env: Readonly<Record<string, string>>): string | undefined {
  const variables = Object.entries(env).map(([name, value]) => [`CCRUN_${name}`, value]);
  return describeWeakeningVariables(optionsOf([...args, "hi"], Object.fromEntries(variables)));
}

Deno.test("describeWeakeningVariables says what each variable weakens", () => {
  const cases = [
    ["DANGEROUSLY_SKIP_PERMISSIONS", "1", "every tool is allowed"],
    ["PERMISSION_MODE", "acceptEdits", "the permission mode is acceptEdits"],
    ["ALLOWED_TOOLS", "Bash\nEdit", "no permission is needed for Bash, Edit"],
    ["ALLOWED_TOOLS", "A\nB\nC\nD", "no permission is needed for A, B, C, and 1 more"],
    ["ADD_DIR", "/srv", "tools may use /srv"],
    [
      "API_URL",
      "https://ada:secret@gw.example.com:8443/v1?key=secret",
      "requests go to https://gw.example.com:8443",
    ],
    ["APPEND_SYSTEM_PROMPT", "secret", "the system prompt has an addition"],
    ["MCP_CONFIG", '{"secret":1}', "there are additional MCP servers"],
    ["PLUGIN_DIR", "/p", "plugins are in /p"],
    ["SETTINGS", '{"secret":1}', "there are additional settings"],
    ["IDLE_TIMEOUT", "0", "a silent run has no time limit"],
    ["IDLE_TIMEOUT", "0s", "a silent run has no time limit"],
    ["IDLE_TIMEOUT", " 0h0.0m", "a silent run has no time limit"],
    ["KEEP_BACKGROUND", "1", "background processes outlive the run"],
    ["ISOLATE", "0", "claude has no PID namespace of its own"],
    ["CI", "none", "the log of a CI system is not protected"],
    ["REDACT", "0", "secrets are not redacted"],
    ["DEBUG_RAW", "1", "diagnostics have contents, which may be secret"],
  ] as const;
  for (const [name, value, effect] of cases) {
    assertEquals(line([], { [name]: value }), `CCRUN_${name} is set: ${effect}`);
  }
});

Deno.test("describeWeakeningVariables returns nothing for variables that weaken nothing", () => {
  const env = {
    ...{ DANGEROUSLY_SKIP_PERMISSIONS: "0", PERMISSION_MODE: "plan", IDLE_TIMEOUT: "10m" },
    ...{ KEEP_BACKGROUND: "0", ISOLATE: "1", CI: "github", REDACT: "1", DEBUG_RAW: "0" },
    ...{ MODEL: "opus", DISALLOWED_TOOLS: "Bash", TIMEOUT: "5m", API_URL: "" },
  };
  assertEquals(line([], env), undefined);
  assertEquals(line([], {}), undefined);
});

Deno.test("describeWeakeningVariables ignores what an argument sets or overrides", () => {
  const skip = { DANGEROUSLY_SKIP_PERMISSIONS: "1" };
  assertEquals(line(["--no-dangerously-skip-permissions"], skip), undefined);
  assertEquals(line(["--dangerously-skip-permissions"], skip), undefined);
  assertEquals(line(["--permission-mode", "plan"], skip), undefined);
  assertEquals(line(["--dangerously-skip-permissions"], { PERMISSION_MODE: "auto" }), undefined);
  assertEquals(line(["--isolate"], { KEEP_BACKGROUND: "1" }), undefined);
  assertEquals(
    line(["--redact", "--api-url", "http://x"], { REDACT: "0", API_URL: "http://y" }),
    undefined,
  );
});

Deno.test("describeWeakeningVariables names several variables in one line", () => {
  assertEquals(
    line([], { REDACT: "0", API_URL: "http://localhost:1" }),
    "CCRUN_API_URL is set: requests go to http://localhost:1; " +
      "CCRUN_REDACT is set: secrets are not redacted",
  );
});

/** The options with a variable that only change what is shown, restrict the agent, or choose a model or claude. */
const HARMLESS = [
  ...["format", "progress", "partial", "color", "plans-dir", "model", "fallback-model", "effort"],
  ...[
    "max-turns",
    "max-budget-usd",
    "max-retries",
    "disallowed-tools",
    "fail-on-denied",
    "timeout",
    "wait-for-limit",
    "attempts",
  ],
  ...["grace", "setting-sources", "strict-mcp-config", "require-trusted-settings", "debug"],
  "claude",
];

Deno.test("every option with a variable is known to be harmless, or can weaken a run", () => {
  const values = ["1", "0", "none", "acceptEdits", "/x", "http://x"];
  const isWeakening = (name: string) =>
    values.some((value) => {
      const option = { values: [value], source: "CCRUN_X" };
      return describeWeakeningVariables(new Map([[name, option]])) !== undefined;
    });
  for (const { name, variable } of OPTIONS) {
    if (variable !== undefined) assertEquals(isWeakening(name), !HARMLESS.includes(name), name);
  }
});
