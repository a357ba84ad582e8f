import { assertEquals } from "@std/assert";
import { configSecrets } from "../../lib/redact/config_secrets.ts";

Deno.test("configSecrets finds the secrets of MCP servers", () => {
  const servers = {
    local: {
      command: "npx server --api-key value-0001 --region eu-central-1",
      args: [
        "-y",
        "server",
        "--token",
        "value-0002",
        "--password=value-0003",
        "-e",
        "A_KEY=value-0004",
      ],
      env: { GITHUB_TOKEN: "value-0005", REGION: "eu-central-1" },
    },
    remote: {
      url: "https://ada:value-0006@mcp.example.com/sse?api_key=value%2D0007&region=eu-central-1",
      headers: { Authorization: "Bearer value-0008", "X-Api-Key": "value-0009" },
    },
    header: { args: ["--header", "Authorization: Bearer value-0010"] },
  };
  assertEquals(
    configSecrets([{ mcpServers: servers }]).sort(),
    [
      "Bearer value-0008",
      ...[1, 2, 3, 4, 5, 6].map((number) => `value-000${number}`),
      "value%2D0007",
      ...["value-0007", "value-0008", "value-0009", "value-0010"],
    ].sort(),
  );
});

Deno.test("configSecrets finds the secrets of settings and of a login", () => {
  const settings = {
    apiKeyHelper: "/usr/local/bin/print-key",
    awsAuthRefresh: "aws sso login --profile dev",
    env: { ANTHROPIC_AUTH_TOKEN: "value-0001", ANTHROPIC_CUSTOM_HEADERS: "X-Key: value-0002" },
    permissions: { allow: ["Bash(npm test:*)", "Read(//etc/hosts)"] },
  };
  const login = { claudeAiOauth: { accessToken: "value-0003", expiresAt: 1 } };
  assertEquals(configSecrets([settings, login, undefined, null, 5]), [
    "value-0001",
    "value-0002",
    "value-0003",
  ]);
});

Deno.test("configSecrets ignores references, short values and very long values", () => {
  const env = { A_TOKEN: "${TOKEN}", B_TOKEN: "short", C_TOKEN: "x1".repeat(20_000) };
  assertEquals(configSecrets([{ env }, { headers: { Authorization: "$TOKEN" } }]), []);
});

Deno.test("configSecrets takes the first secrets of a file with very many", () => {
  const env = Object.fromEntries(
    Array.from({ length: 200_000 }, (_, index) => [`A${index}_TOKEN`, `value-${index}`]),
  );
  const secrets = configSecrets([{ env: { MY_TOKEN: "my-own-value" } }, { env }]);
  assertEquals([secrets.length, secrets[0]], [200, "my-own-value"]);
});
