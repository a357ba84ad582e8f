import { assertEquals } from "@std/assert";
import { claudeEnvironment, hasLogin } from "../../lib/claude/environment.ts";
import { makeSandbox } from "../support/sandbox.ts";

const ALWAYS = { TERM: "dumb", PYTHONIOENCODING: "utf-8" };

Deno.test("claudeEnvironment inherits everything but what marks a surrounding session", () => {
  const marks = [
    "CLAUDECODE",
    "CLAUDE_CODE_ENTRYPOINT",
    "CLAUDE_CODE_SSE_PORT",
    "CLAUDE_CODE_CHILD_SESSION",
    "CLAUDE_CODE_SESSION_ID",
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

Deno.test("claudeEnvironment sets the terminal and Python's encoding, whatever they were", () => {
  const env = { TERM: "xterm-256color", PYTHONIOENCODING: "latin-1" };
  assertEquals(claudeEnvironment({ env }), ALWAYS);
});

Deno.test("claudeEnvironment leaves the caller's environment as it was", () => {
  const env = Object.freeze({ CLAUDECODE: "1", TERM: "xterm" });
  claudeEnvironment({ env, apiUrl: "http://x", maxRetries: 1 });
  assertEquals({ ...env }, { CLAUDECODE: "1", TERM: "xterm" });
});

Deno.test("claudeEnvironment sets the API's URLs, the base without /v1 at its end", () => {
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

Deno.test("claudeEnvironment gives a placeholder for a key only to a proxy and without any credential", () => {
  const key = (env: { [name: string]: string }, hasLogin = false) =>
    claudeEnvironment({ env, apiUrl: "http://proxy", hasLogin })["ANTHROPIC_API_KEY"];
  assertEquals(key({}), "sk-placeholder-key-for-proxy");
  assertEquals(key({ ANTHROPIC_API_KEY: "" }), "sk-placeholder-key-for-proxy");
  assertEquals(key({ ANTHROPIC_API_KEY: "mine" }), "mine");
  assertEquals(key({}, true), undefined);
  assertEquals(claudeEnvironment({ env: {} })["ANTHROPIC_API_KEY"], undefined);
  for (
    const name of [
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_CUSTOM_HEADERS",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "CLAUDE_CODE_USE_BEDROCK",
      "CLAUDE_CODE_USE_VERTEX",
    ]
  ) {
    assertEquals(key({ [name]: "x" }), undefined, name);
  }
});

Deno.test("claudeEnvironment limits the retries only where that is asked for", () => {
  const retries = (maxRetries?: number, env = {}) =>
    claudeEnvironment({ env, maxRetries })["CLAUDE_CODE_MAX_RETRIES"];
  assertEquals(retries(0), "0");
  assertEquals(retries(3, { CLAUDE_CODE_MAX_RETRIES: "9" }), "3");
  assertEquals(retries(undefined, { CLAUDE_CODE_MAX_RETRIES: "9" }), "9");
  assertEquals(retries(), undefined);
});

Deno.test("hasLogin is false where there is nothing", async () => {
  await using sandbox = await makeSandbox();
  assertEquals(await hasLogin({ HOME: sandbox.home }, sandbox.project), false);
  const env = { HOME: sandbox.home };
  assertEquals(await hasLogin(env, sandbox.project, '{"model": "opus"}'), false);
});

Deno.test("hasLogin finds a login or a key helper wherever claude keeps one", async () => {
  const helper = '{"apiKeyHelper": "/bin/key"}';
  const places: [file: string, text: string][] = [
    ["home/.claude.json", '{"oauthAccount": {}}'],
    ["home/.claude.json", '{"primaryApiKey": "k"}'],
    ["home/.claude/settings.json", helper],
    ["home/.claude/.credentials.json", "{}"],
    ["project/.claude/settings.json", helper],
    ["project/.claude/settings.local.json", helper],
    ["config/settings.json", helper],
    ["config/.claude.json", '{"oauthAccount": {}}'],
    ["config/.credentials.json", "{}"],
  ];
  for (const [file, text] of places) {
    await using sandbox = await makeSandbox();
    const path = `${sandbox.root}/${file}`;
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(path, text);
    const env = {
      HOME: sandbox.home,
      ...(file.startsWith("config") ? { CLAUDE_CONFIG_DIR: `${sandbox.root}/config` } : {}),
    };
    assertEquals(await hasLogin(env, sandbox.project), true, file);
  }
});

Deno.test("hasLogin finds a key helper in further settings", async () => {
  await using sandbox = await makeSandbox();
  const env = { HOME: sandbox.home };
  assertEquals(await hasLogin(env, sandbox.project, '{"apiKeyHelper": "x"}'), true);
  await Deno.writeTextFile(`${sandbox.root}/s.json`, '{"apiKeyHelper": "x"}');
  assertEquals(await hasLogin(env, sandbox.project, `${sandbox.root}/s.json`), true);
  assertEquals(await hasLogin(env, sandbox.project, "s.json"), false);
  assertEquals(await hasLogin(env, sandbox.project, "s.json", sandbox.root), true);
});
