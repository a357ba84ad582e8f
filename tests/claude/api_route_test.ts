import { assertEquals } from "@std/assert";
import { findApiRoute, routeFields } from "../../lib/claude/api_route.ts";
import { effectiveVariables } from "../../lib/claude/config_files.ts";
import type { Env } from "../../lib/util/env.ts";

function routeOf(env: Env, apiUrl?: string) {
  const route = findApiRoute(effectiveVariables(env, []), apiUrl);
  return route && routeFields(route);
}

const API = "https://api.anthropic.com";

Deno.test("findApiRoute names the address of the API and of its proxy, and no secret", () => {
  const proxy = "http://p.test:3128";
  const rows: readonly (readonly [Env, string | undefined, ReturnType<typeof routeOf>])[] = [
    [{}, undefined, { address: API }],
    [{ ANTHROPIC_BASE_URL: "" }, undefined, { address: API }],
    [
      { ANTHROPIC_BASE_URL: "http://u:secret@gw.test:81/key?k=1" },
      undefined,
      { address: "http://gw.test:81" },
    ],
    [{ ANTHROPIC_BASE_URL: "http://gw.test" }, "http://h.test/v1", { address: "http://h.test" }],
    [{ ANTHROPIC_BASE_URL: "gw.test" }, undefined, undefined],
    [{ HTTPS_PROXY: "http://u:secret@p.test:3128/" }, undefined, { address: API, proxy }],
    // Claude Code uses the proxy for any scheme, and for this machine.
    [{ http_proxy: proxy }, undefined, { address: API, proxy }],
    [{ HTTPS_PROXY: proxy }, "http://127.0.0.1:1", { address: "http://127.0.0.1:1", proxy }],
    [{ HTTP_PROXY: "http://x.test", https_proxy: proxy }, undefined, { address: API, proxy }],
    [{ ALL_PROXY: proxy, HTTPS_PROXY: "" }, undefined, { address: API, proxy }],
    [{ HTTPS_PROXY: "p.test:3128" }, undefined, { address: API, proxy }],
    [{ HTTPS_PROXY: "p.test:3128/" }, undefined, { address: API, proxy }],
    [{ HTTPS_PROXY: "u:secret" }, undefined, { address: API }],
  ];
  for (const [env, apiUrl, expected] of rows) {
    assertEquals(routeOf(env, apiUrl), expected, JSON.stringify(env));
  }
});

Deno.test("findApiRoute follows NO_PROXY", () => {
  const rows = [
    ["*", true],
    ["anthropic.com", true],
    [".anthropic.com", true],
    ["a.test, *.Anthropic.com", true],
    ["api.anthropic.com:443", true],
    ["api.anthropic.com:80", false],
    ["thropic.com", false],
    ["", false],
  ] as const;
  for (const [NO_PROXY, isExcluded] of rows) {
    const route = routeOf({ HTTPS_PROXY: "http://p.test", NO_PROXY });
    assertEquals(route?.proxy === undefined, isExcluded, NO_PROXY);
    const both = {
      HTTPS_PROXY: "http://p.test",
      NO_PROXY: "x.test",
      no_proxy: NO_PROXY || "y.test",
    };
    assertEquals(routeOf(both)?.proxy === undefined, isExcluded, NO_PROXY);
  }
});
