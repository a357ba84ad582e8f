import { assertEquals } from "@std/assert";
import { bareEnvironment } from "../../lib/claude/bare_environment.ts";

Deno.test("bareEnvironment leads to no account, provider, proxy or file of the caller's", () => {
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
  const bare = bareEnvironment(Object.fromEntries(out.map((name) => [name, secret])), "/scratch");
  const left = Object.entries(bare).filter(([name, value]) =>
    value.includes(secret) && !/^(VOLTA|ASDF|MISE|NODENV)_/.test(name)
  );
  assertEquals(left, []);
  for (const name of ["HOME", "TMPDIR", "CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME"]) {
    assertEquals(bare[name]?.startsWith("/scratch"), true, name);
  }
});

Deno.test("bareEnvironment keeps what decides whether a program can be started", () => {
  const env = { PATH: "/bin", LD_LIBRARY_PATH: "/lib", NODE_OPTIONS: "--x", HOME: "/home/me" };
  const bare = bareEnvironment(env, "/scratch");
  assertEquals([bare["PATH"], bare["LD_LIBRARY_PATH"], bare["NODE_OPTIONS"]], [
    "/bin",
    "/lib",
    "--x",
  ]);
  assertEquals(bare["VOLTA_HOME"], "/home/me/.volta");
  assertEquals(bareEnvironment({ VOLTA_HOME: "/v", HOME: "/h" }, "/s")["VOLTA_HOME"], "/v");
  assertEquals(bareEnvironment({}, "/s")["VOLTA_HOME"], undefined);
});
