import { assertEquals } from "@std/assert";
import { isolatedEnv } from "../../lib/doctor/isolated_env.ts";

Deno.test("isolatedEnv removes or replaces variables that lead to an account or the user's files", () => {
  const names = [
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
    "CCRUN_API_URL",
    "HTTP_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "NO_PROXY",
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
  ];
  const env = isolatedEnv(Object.fromEntries(names.map((name) => [name, "outside"])), "/scratch");
  assertEquals(names.filter((name) => env[name] === "outside"), []);
  for (const name of ["HOME", "TMPDIR", "CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME"]) {
    assertEquals(env[name]?.startsWith("/scratch"), true, name);
  }
});

Deno.test("isolatedEnv keeps variables that decide whether a program can be started", () => {
  const kept = { PATH: "/bin", LD_LIBRARY_PATH: "/lib", NODE_OPTIONS: "--x", CCRUN_RUNS: "00" };
  const env = isolatedEnv({ ...kept, HOME: "/home/ada" }, "/scratch");
  assertEquals({ ...env, ...kept }, env);
  assertEquals(env["VOLTA_HOME"], "/home/ada/.volta");
  assertEquals(isolatedEnv({ VOLTA_HOME: "/v", HOME: "/h" }, "/s")["VOLTA_HOME"], "/v");
  assertEquals(isolatedEnv({}, "/s")["VOLTA_HOME"], undefined);
});
