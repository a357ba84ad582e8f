import { assert, assertEquals } from "@std/assert";
import { effectiveVariables } from "../../lib/claude/config_files.ts";
import { findCredentials } from "../../lib/claude/credentials.ts";
import type { Env } from "../../lib/util/env.ts";
import { type ConfigScene, makeConfigScene } from "../support/config_scene.ts";

async function credentials(scene: ConfigScene, env: Env = {}, now?: number) {
  const files = await scene.read(env);
  return findCredentials(files, effectiveVariables(env, files.settings), now);
}

const LOGIN = { accessToken: "t", expiresAt: 1000, scopes: ["user:inference", "user:profile"] };

Deno.test("findCredentials returns all credentials in the order of Claude Code", async () => {
  await using scene = await makeConfigScene();
  const { write } = scene;
  const env = {
    CLAUDE_CODE_USE_BEDROCK: "TRUE",
    ANTHROPIC_CUSTOM_HEADERS: "x-team: a\nX-Api-Key: k",
    ANTHROPIC_AUTH_TOKEN: "t",
    ANTHROPIC_API_KEY: "k",
    CLAUDE_CODE_OAUTH_TOKEN: "o",
  };
  const helper = await write("project/.claude/settings.json", { apiKeyHelper: "echo key" });
  await write("home/.claude/settings.json", { apiKeyHelper: "echo other" });
  const login = await write("home/.claude/.credentials.json", { claudeAiOauth: LOGIN });
  const state = await write("home/.claude.json", { primaryApiKey: "p" });
  assertEquals((await credentials(scene, env)).map(({ kind, file }) => [kind, file]), [
    ["bedrock", undefined],
    ["custom_header", undefined],
    ["auth_token", undefined],
    ["api_key", undefined],
    ["api_key_helper", helper],
    ["oauth_token", undefined],
    ["login", login],
    ["managed_key", state],
  ]);
});

Deno.test("findCredentials ignores empty values, and logins that cannot query the model", async () => {
  await using scene = await makeConfigScene();
  assertEquals(await credentials(scene), []);
  await scene.write("home/.claude/settings.json", { apiKeyHelper: "" });
  await scene.write("home/.claude.json", { primaryApiKey: "" });
  await scene.write("home/.claude/.credentials.json", {
    claudeAiOauth: { ...LOGIN, scopes: ["user:profile"] },
  });
  const env = {
    ANTHROPIC_API_KEY: "",
    ANTHROPIC_AUTH_TOKEN: " \n",
    CLAUDE_CODE_USE_VERTEX: "0",
    ANTHROPIC_CUSTOM_HEADERS: "x-team: a",
  };
  assertEquals(await credentials(scene, env), []);
});

Deno.test("findCredentials names the settings file that overrides a variable", async () => {
  await using scene = await makeConfigScene();
  const file = await scene.write("project/.claude/settings.json", {
    env: { ANTHROPIC_API_KEY: "from settings" },
  });
  const [first] = await credentials(scene, { ANTHROPIC_API_KEY: "k" });
  assertEquals([first?.kind, first?.file], ["api_key", file]);
});

Deno.test("findCredentials reports what is wrong with a value without quoting it", async () => {
  await using scene = await makeConfigScene();
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["ANTHROPIC_API_KEY", "sk-ant-api03-abcd", undefined],
    ["ANTHROPIC_API_KEY", " sk-ant-api03-abcd\n", "whitespace"],
    ["ANTHROPIC_API_KEY", '"sk-ant-api03-abcd"', "quotes"],
    ["ANTHROPIC_API_KEY", "sk-ant-api03\nabcd", "invalid_character"],
    ["ANTHROPIC_API_KEY", "sk-ant-api03-äbcd", "invalid_character"],
    ["ANTHROPIC_API_KEY", "sk-ant-oat01-abcd", "is_login_token"],
    ["CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-api03-abcd", "is_api_key"],
    ["CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-abcd", undefined],
  ];
  for (const [name, value, flaw] of cases) {
    const [first] = await credentials(scene, { [name]: value });
    assertEquals(first?.flaw, flaw, value);
    assert(!/sk-|abcd/.test(JSON.stringify(first)), JSON.stringify(first));
  }
});

Deno.test("findCredentials reports a login as expired only if it cannot be renewed", async () => {
  await using scene = await makeConfigScene();
  const isExpired = async (login: object, now: number) => {
    await scene.write("home/.claude/.credentials.json", { claudeAiOauth: login });
    return (await credentials(scene, {}, now))[0]?.isExpired;
  };
  assertEquals(await isExpired(LOGIN, 999), false);
  assertEquals(await isExpired(LOGIN, 1001), true);
  assertEquals(await isExpired({ ...LOGIN, refreshToken: "r" }, 1001), false);
});
