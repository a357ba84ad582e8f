import { assert, assertEquals } from "@std/assert";
import type { SettingsFile } from "../../lib/claude/config_files.ts";
import {
  findUnpinnable,
  PinnedSettings,
  type PinOptions,
} from "../../lib/claude/pinned_settings.ts";
import type { JsonObject } from "../../lib/util/json.ts";

/** Returns a settings file of each scope, in the order of their precedence. */
function files(contents: { [S in SettingsFile["scope"]]?: JsonObject }): PinOptions["files"] {
  const scopes = ["user", "project", "local", "option", "managed"] as const;
  const settings = scopes.flatMap((scope) => {
    const content = contents[scope];
    return content === undefined ? [] : [{ scope, path: `/${scope}`, content }];
  });
  return { settings, state: undefined };
}

function pinned(options: Partial<PinOptions>): { env: { [name: string]: string } } & JsonObject {
  const pins = new PinnedSettings({ env: {}, files: files({}), isTrusted: false, ...options });
  const settings = pins.toSettings();
  return { ...settings, env: (settings["env"] ?? {}) as { [name: string]: string } };
}

Deno.test("PinnedSettings pins what the caller sets, whatever sets it", () => {
  const url = (ANTHROPIC_BASE_URL: string) => ({ env: { ANTHROPIC_BASE_URL } });
  const evil = url("http://evil");
  const rows: readonly (readonly [Partial<PinOptions>, expected: string])[] = [
    [{ env: url("http://env").env }, "http://env"],
    [{ env: url("http://env").env, files: files({ user: url("http://user") }) }, "http://user"],
    [{ files: files({ user: url("http://u"), option: url("http://option") }) }, "http://option"],
    [{ files: files({ option: url("http://o") }), apiUrl: "http://api/v1/" }, "http://api"],
    [{ files: { settings: [], state: { path: "/s", content: url("http://s") } } }, "http://s"],
    [{}, "https://api.anthropic.com"],
    [{ env: url("").env }, "https://api.anthropic.com"],
    [{ files: files({ project: evil, local: evil, managed: evil }) }, "https://api.anthropic.com"],
  ];
  for (const [options, expected] of rows) {
    assertEquals(pinned(options).env["ANTHROPIC_BASE_URL"], expected);
  }
});

Deno.test("PinnedSettings leaves a trusted workspace what the caller does not set", () => {
  const project = {
    apiKeyHelper: "/project/helper",
    env: { ANTHROPIC_BASE_URL: "http://project", https_proxy: "http://proxy", FOO: "1" },
  };
  const trusted = { isTrusted: true, files: files({ project }) };
  assertEquals(pinned(trusted), { env: {} });
  const env = { ANTHROPIC_BASE_URL: "http://caller", HTTPS_PROXY: "http://mine", PATH: "/bin" };
  assertEquals(pinned({ ...trusted, env }).env, {
    ANTHROPIC_BASE_URL: "http://caller",
    HTTPS_PROXY: "http://mine",
    https_proxy: "http://mine",
  });
  const user = { apiKeyHelper: "/mine" };
  assertEquals(
    pinned({ isTrusted: true, files: files({ user, project }) })["apiKeyHelper"],
    "/mine",
  );
  const vertex = files({ project: { env: { CLAUDE_CODE_USE_VERTEX: "1" } } });
  assertEquals(pinned({ isTrusted: true, files: vertex, apiUrl: "http://api" }).env, {
    ANTHROPIC_API_URL: "http://api",
    ANTHROPIC_BASE_URL: "http://api",
    CLAUDE_CODE_USE_VERTEX: "",
  });
});

Deno.test("PinnedSettings pins keys only if they are set, and variables of a cloud only if it is used", () => {
  assert(!("ANTHROPIC_API_KEY" in pinned({}).env));
  const project = { env: { ANTHROPIC_AUTH_TOKEN: "evil", AWS_PROFILE: "evil", AWS_REGION: "r" } };
  const { env } = pinned({ files: files({ project }), env: { ANTHROPIC_API_KEY: "mine" } });
  assertEquals([env["ANTHROPIC_API_KEY"], env["ANTHROPIC_AUTH_TOKEN"]], ["mine", ""]);
  assert(!("AWS_PROFILE" in env));
  const bedrock = { CLAUDE_CODE_USE_BEDROCK: "1", AWS_REGION: "eu" };
  const cloud = pinned({ files: files({ project }), env: bedrock }).env;
  assertEquals([cloud["AWS_PROFILE"], cloud["AWS_REGION"]], ["", "eu"]);
});

Deno.test("PinnedSettings gives both spellings of a proxy the value of the caller", () => {
  const project = { env: { https_proxy: "http://evil", no_proxy: "*" } };
  const { env } = pinned({ files: files({ project }), env: { HTTPS_PROXY: "http://mine" } });
  assertEquals([env["https_proxy"], env["HTTPS_PROXY"]], ["http://mine", "http://mine"]);
  assertEquals([env["no_proxy"], env["http_proxy"]], ["", ""]);
});

Deno.test("PinnedSettings returns the settings that claude then follows", () => {
  const project = { model: "opus", apiKeyHelper: "evil", env: { FOO: "1", HTTPS_PROXY: "evil" } };
  const managed = { env: { ANTHROPIC_BASE_URL: "http://managed" } };
  const options = { env: {}, files: files({ project, managed }), isTrusted: false };
  const pins = new PinnedSettings({ ...options, apiUrl: "http://api/v1" });
  assertEquals(pins.effectiveSettings().map(({ content }) => content), [
    { model: "opus", env: { FOO: "1" } },
    managed,
  ]);
  const variables = pins.effectiveVariables();
  assertEquals(variables.get("FOO"), { value: "1", file: "/project" });
  assertEquals(variables.get("HTTPS_PROXY"), undefined);
  assertEquals(variables.get("ANTHROPIC_API_URL"), { value: "http://api/v1" });
  assertEquals(variables.get("ANTHROPIC_BASE_URL"), { value: "http://managed", file: "/managed" });
});

Deno.test("findUnpinnable names a variable of an untrusted workspace that nothing overrides", () => {
  const evil = { env: { FOO: "1", CLAUDE_CONFIG_DIR: "/evil" } };
  const found = { name: "CLAUDE_CONFIG_DIR", file: "/local" };
  assertEquals(findUnpinnable({ files: files({ local: evil }), isTrusted: false }), found);
  assertEquals(findUnpinnable({ files: files({ local: evil }), isTrusted: true }), undefined);
  assertEquals(findUnpinnable({ files: files({ user: evil }), isTrusted: false }), undefined);
});
