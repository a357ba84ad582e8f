import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkApi } from "../../../lib/doctor/checks/api.ts";
import { effectiveVariables } from "../../../lib/claude/config_files.ts";
import type { Finding } from "../../../lib/doctor/finding.ts";
import type { Env } from "../../../lib/util/env.ts";

function check(env: Env, apiUrl?: string): Promise<Finding> {
  return checkApi({ variables: effectiveVariables(env, []), apiUrl, canConnect: true });
}

Deno.test("checkApi reports the URL and the proxy of the API, without secrets", async () => {
  const cases: readonly (readonly [Env, string | undefined, string, string])[] = [
    [{}, undefined, "ok", "https://api.anthropic.com"],
    [
      { ANTHROPIC_BASE_URL: "https://u:secret@gw.test:8443/a?key=secret#secret" },
      undefined,
      "ok",
      "https://gw.test:8443/... (ANTHROPIC_BASE_URL)",
    ],
    [{}, "http://u:secret@p.test/secret/v1/", "ok", "http://p.test/.../v1 (--api-url)"],
    [{}, "http://p.test//", "ok", "http://p.test (--api-url)"],
    [{ ANTHROPIC_BASE_URL: "https://gw.test" }, "http://p.test/v1", "ok", "p.test/v1 (--api-url)"],
    [{ ANTHROPIC_BASE_URL: "https://gw.test/v1/" }, undefined, "warning", "adds /v1/messages"],
    [{ ANTHROPIC_BASE_URL: "gw.test:80" }, undefined, "problem", "not an http or https URL"],
    [{ ANTHROPIC_BASE_URL: "no url" }, undefined, "problem", "not an http or https URL"],
    [{ HTTPS_PROXY: "http://u:secret@p.test:3128" }, undefined, "ok", "through http://p.test:3128"],
    [{ http_proxy: "http://p.test" }, undefined, "ok", "through http://p.test (http_proxy)"],
    [{ HTTPS_PROXY: "u:secret@p" }, undefined, "problem", "HTTPS_PROXY, which is not a URL"],
    [{ HTTPS_PROXY: "socks5://p.test" }, undefined, "problem", "HTTPS_PROXY, which is not a URL"],
    [
      { HTTPS_PROXY: "p.test:3128" },
      undefined,
      "warning",
      "http://p.test:3128 (HTTPS_PROXY), which",
    ],
  ];
  for (const [env, apiUrl, status, words] of cases) {
    const finding = await check(env, apiUrl);
    assertEquals(finding.status, status, finding.message);
    assertStringIncludes(finding.message, words);
    assert(!finding.message.includes("secret"), finding.message);
  }
});

Deno.test("checkApi reports an API or a proxy on this machine that refuses connections", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listening = `http://127.0.0.1:${listener.addr.port}`;
  const closed = "http://127.0.0.1:1";
  const rows: readonly (readonly [Env, string | undefined, string, string])[] = [
    [{ ANTHROPIC_BASE_URL: listening }, undefined, "ok", listening],
    [
      { ANTHROPIC_BASE_URL: closed },
      undefined,
      "problem",
      "(ANTHROPIC_BASE_URL): 127.0.0.1 refuses",
    ],
    [{}, `${closed}/v1`, "problem", "(--api-url): 127.0.0.1 refuses"],
    [{}, "http://localhost:1", "warning", "(--api-url): 127.0.0.1 refuses"],
    [{ HTTPS_PROXY: closed }, undefined, "problem", "(HTTPS_PROXY): 127.0.0.1 refuses"],
    [{ HTTPS_PROXY: closed, NO_PROXY: "127.0.0.1" }, listening, "ok", listening],
    [{ HTTPS_PROXY: listening }, closed, "ok", `through ${listening}`],
  ];
  for (const [env, apiUrl, status, words] of rows) {
    const finding = await check(env, apiUrl);
    assertEquals(finding.status, status, finding.message);
    assertStringIncludes(finding.message, words);
  }
  const variables = effectiveVariables({ ANTHROPIC_BASE_URL: closed }, []);
  assertEquals((await checkApi({ variables, canConnect: false })).status, "ok");
});

Deno.test("checkApi warns if a settings file overrides --api-url", async () => {
  const content = { env: { ANTHROPIC_BASE_URL: "https://gw.test" } };
  const settings = [{ scope: "project", path: "/settings.json", content }] as const;
  const variables = effectiveVariables({}, settings);
  assertEquals(
    (await checkApi({ variables, canConnect: true })).message,
    "https://gw.test (ANTHROPIC_BASE_URL in /settings.json)",
  );
  const overridden = await checkApi({ variables, apiUrl: "http://p.test", canConnect: true });
  assertEquals(overridden.status, "warning");
});

Deno.test("checkApi names another provider instead of a URL", async () => {
  const credential = { kind: "vertex", name: "CLAUDE_CODE_USE_VERTEX" } as const;
  const { message } = await checkApi({ variables: new Map(), credential, canConnect: true });
  assertEquals(message, "Google Vertex AI");
});
