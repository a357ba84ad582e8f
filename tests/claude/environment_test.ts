import { assertEquals } from "@std/assert";
import { claudeEnvironment } from "../../lib/claude/environment.ts";

const ALWAYS = { TERM: "dumb", PYTHONIOENCODING: "utf-8" };

Deno.test("claudeEnvironment inherits everything but the variables of an outer session", () => {
  const marks = [
    "CLAUDECODE",
    "CLAUDE_CODE_ENTRYPOINT",
    "CLAUDE_CODE_SSE_PORT",
    "CLAUDE_CODE_CHILD_SESSION",
    "CLAUDE_CODE_SESSION_ID",
    "CLAUDE_CODE_REMOTE_SESSION_ID",
    "CLAUDE_CODE_SESSION_ATTENDED",
    "CLAUDE_CODE_EXECPATH",
    "CLAUDE_CODE_CHILD_NOTES_DIR",
    "CLAUDE_CODE_MESSAGING_SOCKET",
    "CLAUDE_CODE_MESSAGING_TOKEN",
    "CLAUDE_PID",
    "CLAUDE_EFFORT",
    "AI_AGENT",
  ];
  const kept = {
    PATH: "/bin",
    HOME: "/home/dev",
    ANTHROPIC_API_KEY: "k",
    ANTHROPIC_BASE_URL: "http://x",
    CLAUDE_CODE_OAUTH_TOKEN: "t",
    CLAUDE_CODE_USE_BEDROCK: "1",
    CLAUDE_CONFIG_DIR: "/c",
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: "9",
    CLAUDECODE_X: "1",
    EMPTY: "",
  };
  const env = { ...kept, ...Object.fromEntries(marks.map((name) => [name, "1"])) };
  assertEquals(claudeEnvironment({ env }), { ...kept, ...ALWAYS });
});

Deno.test("claudeEnvironment sets the terminal and the encoding of Python", () => {
  const env = { TERM: "xterm-256color", PYTHONIOENCODING: "latin-1" };
  assertEquals(claudeEnvironment({ env }), ALWAYS);
});

Deno.test("claudeEnvironment does not change its input", () => {
  const env = Object.freeze({ CLAUDECODE: "1", TERM: "xterm" });
  claudeEnvironment({ env, apiUrl: "http://x", maxRetries: 1 });
  assertEquals({ ...env }, { CLAUDECODE: "1", TERM: "xterm" });
});

Deno.test("claudeEnvironment sets the URLs of the API", () => {
  const urls: [string, string][] = [
    ["http://proxy:8080", "http://proxy:8080"],
    ["http://proxy:8080/", "http://proxy:8080"],
    ["http://proxy:8080/v1", "http://proxy:8080"],
    ["http://proxy:8080/v1/", "http://proxy:8080"],
    ["http://proxy:8080/api/v1", "http://proxy:8080/api"],
    ["http://proxy:8080/v1/api", "http://proxy:8080/v1/api"],
    ["http://proxy:8080/apiv1", "http://proxy:8080/apiv1"],
    ["http://proxy:8080/v10", "http://proxy:8080/v10"],
  ];
  for (const [apiUrl, base] of urls) {
    const env = claudeEnvironment({ env: { ANTHROPIC_BASE_URL: "http://old" }, apiUrl });
    assertEquals([env["ANTHROPIC_API_URL"], env["ANTHROPIC_BASE_URL"]], [apiUrl, base]);
  }
});

Deno.test("claudeEnvironment adds a placeholder key only for a proxy and without a credential", () => {
  const key = (apiUrl: string | undefined, hasCredential: boolean) =>
    claudeEnvironment({ env: {}, apiUrl, hasCredential })["ANTHROPIC_API_KEY"];
  assertEquals(key("http://proxy", false), "sk-placeholder-key-for-proxy");
  assertEquals(key("http://proxy", true), undefined);
  assertEquals(key(undefined, false), undefined);
});

Deno.test("claudeEnvironment limits the retries only on request", () => {
  const retries = (maxRetries?: number, env = {}) =>
    claudeEnvironment({ env, maxRetries })["CLAUDE_CODE_MAX_RETRIES"];
  assertEquals(retries(0), "0");
  assertEquals(retries(3, { CLAUDE_CODE_MAX_RETRIES: "9" }), "3");
  assertEquals(retries(undefined, { CLAUDE_CODE_MAX_RETRIES: "9" }), "9");
  assertEquals(retries(), undefined);
});
