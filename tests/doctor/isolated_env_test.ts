import { assertEquals } from "@std/assert";
import { isolatedEnv } from "../../lib/doctor/isolated_env.ts";

Deno.test("isolatedEnv leads to no account, provider, proxy or file of the caller's", () => {
  const secret = "of the caller's";
  const out = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CONFIG_DIR",
    "CLAUDECODE",
    "AWS_SECRET_ACCESS_KEY",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "CLOUD_ML_REGION",
    "AZURE_CLIENT_SECRET",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "GITHUB_TOKEN",
    "DB_PASSWORD",
    "HTTP_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "NO_PROXY",
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
  ];
  const bare = isolatedEnv(Object.fromEntries(out.map((name) => [name, secret])), "/scratch");
  const left = Object.entries(bare).filter(([name, value]) =>
    value.includes(secret) && !/^(VOLTA|ASDF|MISE|NODENV)_/.test(name)
  );
  assertEquals(left, []);
  for (const name of ["HOME", "TMPDIR", "CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME"]) {
    assertEquals(bare[name]?.startsWith("/scratch"), true, name);
  }
});

Deno.test("isolatedEnv keeps what decides whether a program can be started", () => {
  const env = { PATH: "/bin", LD_LIBRARY_PATH: "/lib", NODE_OPTIONS: "--x", HOME: "/home/me" };
  const bare = isolatedEnv(env, "/scratch");
  assertEquals([bare["PATH"], bare["LD_LIBRARY_PATH"], bare["NODE_OPTIONS"]], [
    "/bin",
    "/lib",
    "--x",
  ]);
  assertEquals(bare["VOLTA_HOME"], "/home/me/.volta");
  assertEquals(isolatedEnv({ VOLTA_HOME: "/v", HOME: "/h" }, "/s")["VOLTA_HOME"], "/v");
  assertEquals(isolatedEnv({}, "/s")["VOLTA_HOME"], undefined);
});

Deno.test("isolatedEnv takes out what holds a secret by its name, its address or its looks", () => {
  const secrets = {
    MY_PASS: "x",
    GH_PAT: "ghp_x",
    NPM_AUTH: "abc",
    SENTRY_DSN: "https://host.test/1",
    DATABASE_URL: "postgres://me:pw@db.test/app",
    INDEX_URL: "https://token@registry.test/simple",
    EXTRA_HEADERS: "Authorization: Bearer 0123456789abcdef",
    NEUTRAL: `sk-ant-api03-${"A1b2".repeat(23)}`,
    CCRUN_API_URL: "http://gateway.test/secret/v1",
  };
  const kept = {
    SSH_AUTH_SOCK: "/run/agent",
    REGISTRY_URL: "https://registry.test/simple",
    MAX_TOKENS: "100",
    CCRUN_RUNS: "00",
  };
  const bare = isolatedEnv({ ...secrets, ...kept }, "/scratch");
  assertEquals(Object.keys(secrets).filter((name) => name in bare), []);
  assertEquals(Object.keys(kept).filter((name) => !(name in bare)), []);
});
