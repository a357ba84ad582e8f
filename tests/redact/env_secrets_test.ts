import { assertEquals } from "@std/assert";
import { EVENT_TYPES } from "../../lib/events.ts";
import { envSecrets } from "../../lib/redact/env_secrets.ts";
import type { Env } from "../../lib/util/env.ts";
import { readRecordings } from "../support/recordings.ts";

Deno.test("envSecrets() ignores values that cannot be secrets", () => {
  assertEquals(
    envSecrets({
      API_KEY: "short",
      TOKEN: "seven77",
      DB_PASSWORD: "password",
      API_TOKEN: "12345678901",
      MASK_TOKEN: "************",
      BUILD_PWD: "/builds/project",
      PWD: "/home/ada/of-the-place",
      USE_AUTH: "required",
      HOME: "/home/ada/of-the-place",
      POSTGRES_PASSWORD: "postgres",
      DATABASE_URL: "postgres://postgres:postgres@localhost:5432/app",
      CACHE_URL: "redis://something8:something8@cache",
      DEPLOY_KEY: "production",
      OTHER_TOKEN: "${{ secrets.TOKEN }}",
      MORE_TOKEN: "<your-token>",
    }),
    [],
  );
  assertEquals(envSecrets({ PASSWORD: "12345678" }), ["12345678"]);
});

/** Returns the values of fields that say what a message is. */
function kindsIn(value: unknown, field = ""): string[] {
  if (typeof value === "string") {
    return ["type", "subtype", "role", "status", "stop_reason", "error"].includes(field)
      ? [value]
      : [];
  }
  if (typeof value !== "object" || value === null || field === "input") return [];
  return Object.entries(value).flatMap(([name, item]) => kindsIn(item, name));
}

Deno.test("envSecrets() ignores the words of messages and events", () => {
  const kinds = readRecordings().flatMap(({ lines }) =>
    lines.flatMap((line) => kindsIn(JSON.parse(line)))
  );
  const words = [...kinds.filter((kind) => /^[a-z_]+$/.test(kind)), ...EVENT_TYPES, "terminate"];
  assertEquals(words.flatMap((word) => envSecrets({ DB_PASSWORD: word })), []);
});

Deno.test("envSecrets() finds secrets inside of values", () => {
  const rows: [env: Env, secrets: string[]][] = [
    [{ DATABASE_URL: "postgres://app:s%40fe-enough@db/app" }, ["s%40fe-enough", "s@fe-enough"]],
    [{ https_proxy: "app:s3fe-enough@proxy:3128" }, ["s3fe-enough"]],
    [
      { ANTHROPIC_CUSTOM_HEADERS: "X-Team: blue-and-green\nX-Api-Key: header-value-1" },
      ["header-value-1"],
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: "api-key=otel-value-1,x-tenant=some-tenant" },
      ["otel-value-1"],
    ],
    [
      { SERVICE_ACCOUNT: '{"type":"service_account","private_key":"key-of-the-account"}' },
      ["key-of-the-account"],
    ],
  ];
  for (const [env, secrets] of rows) assertEquals(envSecrets(env), secrets);
});

Deno.test("envSecrets() finds the lines of a multi-line value that are secrets on their own", () => {
  const config = [
    "apiVersion: v1",
    "clusters:",
    "users:",
    "- name: dev-1",
    "  token: abc-def-1",
    '  password: "swordfish-2"',
    "  client-key-data: TFMwdExTMUNSVWRK",
    "-----BEGIN CERTIFICATE-----",
    "line-of-9",
  ].join("\n");
  assertEquals(envSecrets({ KUBE_CREDENTIALS: config }), [
    config,
    "token: abc-def-1",
    'password: "swordfish-2"',
    "client-key-data: TFMwdExTMUNSVWRK",
    "line-of-9",
    "abc-def-1",
    "swordfish-2",
    "TFMwdExTMUNSVWRK",
  ]);
});
