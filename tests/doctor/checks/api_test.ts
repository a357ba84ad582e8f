import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkApi, publicUrl } from "../../../lib/doctor/checks/api.ts";
import { effectiveVariables } from "../../../lib/claude/config_files.ts";
import type { Env } from "../../../lib/util/env.ts";

Deno.test("checkApi reports the URL and the proxy of the API, without secrets", () => {
  const cases: readonly (readonly [Env, string | undefined, string, string])[] = [
    [{}, undefined, "ok", "https://api.anthropic.com"],
    [
      { ANTHROPIC_BASE_URL: "https://gw.test/x" },
      undefined,
      "ok",
      "https://gw.test/... (ANTHROPIC_BASE_URL)",
    ],
    [{ ANTHROPIC_BASE_URL: "https://gw.test" }, "http://p.test/v1", "ok", "p.test/v1 (--api-url)"],
    [{ ANTHROPIC_BASE_URL: "https://gw.test/v1/" }, undefined, "warning", "adds /v1/messages"],
    [{ ANTHROPIC_BASE_URL: "gw.test:80" }, undefined, "problem", "not an http or https URL"],
    [{ ANTHROPIC_BASE_URL: "no url" }, undefined, "problem", "not an http or https URL"],
    [{ HTTPS_PROXY: "http://u:secret@p.test:3128" }, undefined, "ok", "through http://p.test:3128"],
  ];
  for (const [env, apiUrl, status, words] of cases) {
    const finding = checkApi({ variables: effectiveVariables(env, []), apiUrl });
    assertEquals(finding.status, status, finding.message);
    assertStringIncludes(finding.message, words);
    assert(!finding.message.includes("secret"), finding.message);
  }
});

Deno.test("checkApi takes NO_PROXY into account", () => {
  const message = (NO_PROXY: string) => {
    const env = { HTTPS_PROXY: "http://p.test", NO_PROXY };
    return checkApi({ variables: effectiveVariables(env, []) }).message;
  };
  for (const excluded of ["*", "anthropic.com", "a.test, *.anthropic.com"]) {
    assertEquals(message(excluded), "https://api.anthropic.com", excluded);
  }
  assertStringIncludes(message("thropic.com"), "through http://p.test (HTTPS_PROXY)");
});

Deno.test("checkApi warns if a settings file overrides --api-url", () => {
  const content = { env: { ANTHROPIC_BASE_URL: "https://gw.test" } };
  const settings = [{ scope: "project", path: "/settings.json", content }] as const;
  const variables = effectiveVariables({}, settings);
  assertEquals(
    checkApi({ variables }).message,
    "https://gw.test (ANTHROPIC_BASE_URL in /settings.json)",
  );
  assertEquals(checkApi({ variables, apiUrl: "http://p.test" }).status, "warning");
});

Deno.test("checkApi names another provider instead of a URL", () => {
  const credential = { kind: "vertex", name: "CLAUDE_CODE_USE_VERTEX" } as const;
  assertEquals(checkApi({ variables: new Map(), credential }).message, "Google Vertex AI");
});

Deno.test("publicUrl removes everything that may be secret", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["https://user:pass@host.test:8443/a/b?key=secret#frag", "https://host.test:8443/..."],
    ["http://u:p@h:8/SECRET/v1/", "http://h:8/.../v1"],
    ["http://h:8/v1", "http://h:8/v1"],
    ["http://h:8//", "http://h:8"],
    ["ftp://h", undefined],
    ["nothing", undefined],
  ];
  for (const [url, expected] of cases) assertEquals(publicUrl(url), expected, url);
});
